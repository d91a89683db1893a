//! What somebody may have meant by an argument that the controller does not know.

use super::table::{FLAGS, find};
use crate::catalog::{features, settings, spelling};

/// Arguments that no supported release knows, and what to do instead.
const REMOVED: &[(&str, &str)] = &[
    ("disable-node-list", "leave it out"),
    ("enable-dynamic-certificates", "leave it out, certificates are always dynamic"),
    ("enable-dynamic-configuration", "leave it out, endpoints are always dynamic"),
    ("force-namespace-isolation", "use `--watch-namespace`"),
    ("sort-backends", "leave it out, the order of endpoints does not matter"),
    ("ssl-passtrough-proxy-port", "write `--ssl-passthrough-proxy-port`"),
];

/// Arguments that people write by analogy, many of them as another controller calls them, and those that they mean.
const ANALOGIES: &[(&str, &str)] = &[
    ("config-map", "configmap"),
    ("controller-class-name", "controller-class"),
    ("default-backend", "default-backend-service"),
    ("default-certificate", "default-ssl-certificate"),
    ("default-server-tls-secret", "default-ssl-certificate"),
    ("default-tls-secret", "default-ssl-certificate"),
    ("enable-prometheus-metrics", "enable-metrics"),
    ("external-service", "publish-service"),
    ("ingress-class-name", "ingress-class"),
    ("metrics", "enable-metrics"),
    ("namespace", "watch-namespace"),
    ("nginx-configmap", "configmap"),
    ("nginx-configmaps", "configmap"),
    ("report-ingress-status", "update-status"),
    ("tcp-services", "tcp-services-configmap"),
    ("udp-services", "udp-services-configmap"),
    ("watch-namespace-label", "watch-namespace-selector"),
];

/// What to do about an unknown argument, whose name stands here without dashes; none where nothing is like it.
pub(super) fn advice(name: &str) -> Option<String> {
    let plain = spelling::kebab(name);
    if find(name).is_some() {
        return Some(format!("write `--{name}` with two dashes"));
    }
    if let Some(flag) = find(&plain) {
        return Some(format!("write `--{}`", flag.name));
    }
    if let Some((_, instead)) = REMOVED.iter().find(|(removed, _)| *removed == plain) {
        return Some(format!("only controllers before 0.34 have it: {instead}"));
    }
    if let Some((_, known)) = ANALOGIES.iter().find(|(written, _)| *written == plain) {
        return Some(format!("the argument for this is `--{known}`"));
    }
    if settings::find(&plain).is_some() {
        return Some(format!("`{plain}` is a key of the controller's ConfigMap"));
    }
    if features::find(&plain).is_some() {
        return Some(format!("`{plain}` is an annotation"));
    }
    let near = spelling::nearest(&plain, FLAGS.iter().map(|flag| flag.name))?;
    Some(format!("did you mean `--{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_arguments_get_advice() {
        let cases = [
            ("ingres-class", "did you mean `--ingress-class`?"),
            ("configmap", "write `--configmap` with two dashes"),
            ("enable_metrics", "write `--enable-metrics`"),
            ("defaultSslCertificate", "write `--default-ssl-certificate`"),
            ("force-namespace-isolation", "only controllers before 0.34 have it: use `--watch-namespace`"),
            ("nginx-configmaps", "the argument for this is `--configmap`"),
            ("proxy-body-size", "`proxy-body-size` is a key of the controller's ConfigMap"),
            ("rewrite-target", "`rewrite-target` is an annotation"),
        ];
        for (name, expected) in cases {
            assert_eq!(advice(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!((advice("frobnicate"), advice("")), (None, None));
    }

    #[test]
    fn unknown_arguments_lead_to_known_ones() {
        for (written, known) in ANALOGIES {
            assert!(find(written).is_none() && find(known).is_some(), "{written}");
        }
        assert!(REMOVED.iter().all(|(name, _)| find(name).is_none()));
    }
}
