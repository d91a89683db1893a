//! What applied in older releases where the ConfigMap says nothing.

use super::find_in;
use crate::catalog::releases::{
    CIPHER_ORDER, HSTS_YEAR, LUA_FILES, OPTIONAL_BUSY_BUFFERS, OWN_NAMESPACE, RISK_LEVEL, STRICT_PATHS, TELEMETRY_FOLDER,
};
use crate::catalog::version::Version;
use crate::ir::Settings;

/// The defaults of a release.
#[must_use]
pub fn defaults(version: Version) -> Settings {
    let mut settings = Settings::default();
    if !CIPHER_ORDER.holds(version) {
        settings.tls.ciphers = swapped(&settings.tls.ciphers);
    }
    if !LUA_FILES.holds(version) {
        settings.lua_dicts.insert(String::from("global_throttle_cache"), 10_240);
    }
    if !HSTS_YEAR.holds(version) {
        settings.tls.hsts_max_age = String::from("15724800");
    }
    if !TELEMETRY_FOLDER.holds(version) {
        settings.tracing.config_path = String::from("/etc/nginx/opentelemetry.toml");
    }
    if find_in("proxy-busy-buffers-size", version).is_some_and(|key| key.is_known_to(version)) && !OPTIONAL_BUSY_BUFFERS.holds(version) {
        settings.route_defaults.proxying.busy_buffers_size = String::from("8k");
    }
    let policy = &mut settings.policy;
    if !RISK_LEVEL.holds(version) {
        policy.max_risk = String::from("Critical");
    }
    policy.allow_cross_namespace |= !OWN_NAMESPACE.holds(version);
    policy.strict_path_type &= STRICT_PATHS.holds(version);
    settings
}

/// A list of ciphers with the last two in the other order.
fn swapped(ciphers: &str) -> String {
    let mut words: Vec<&str> = ciphers.split(':').collect();
    if let [.., second, last] = words.as_mut_slice() {
        std::mem::swap(second, last);
    }
    words.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::version::LATEST;

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
