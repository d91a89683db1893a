//! What applied in older releases where the ConfigMap says nothing.

use super::find_in;
use crate::catalog::releases::CHANGES;
use crate::catalog::version::Version;
use crate::ir::Settings;

/// The defaults of a release.
#[must_use]
pub fn defaults(version: Version) -> Settings {
    let mut settings = Settings::default();
    CHANGES.iter().filter(|change| !change.holds(version)).for_each(|change| (change.before)(&mut settings));
    // Before it could be set at all, nobody set it.
    if !find_in("proxy-busy-buffers-size", version).is_some_and(|key| key.is_known_to(version)) {
        settings.route_defaults.proxying.busy_buffers_size.clear();
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::releases::LATEST;

    #[test]
    fn defaults_changed_with_the_releases() {
        assert_eq!(defaults(LATEST), Settings::default());
        let before = |minor| defaults(Version::new(1, minor, 0));
        let busy = |minor, patch| defaults(Version::new(1, minor, patch)).route_defaults.proxying.busy_buffers_size;
        assert_eq!([busy(12, 8), busy(13, 0), busy(13, 1), busy(13, 2)], ["", "8k", "", ""]);
        let age = |patch| defaults(Version::new(1, 9, patch)).tls.hsts_max_age;
        assert_eq!([age(4), age(5)], ["15724800", "31536000"]);
        assert!(before(13).tls.ciphers.ends_with(":DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384"));
        assert!(before(14).tls.ciphers.ends_with(":DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256"));
        let (old, new) = (before(11).policy, before(12).policy);
        assert!(old.allow_cross_namespace && !old.strict_path_type && old.max_risk == "Critical");
        assert!(!new.allow_cross_namespace && new.strict_path_type && new.max_risk == "High");
    }
}
