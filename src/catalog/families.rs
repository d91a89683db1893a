//! Ingress controllers besides ingress-nginx, by the prefixes of their annotations.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// A controller, or several that share their annotations.
#[derive(Debug)]
pub struct Family {
    /// The name, as it stands in a sentence.
    pub name: &'static str,
    /// The prefixes of its annotations, without the slash.
    pub prefixes: &'static [&'static str],
    /// Whole names of annotations under prefixes that it shares.
    pub names: &'static [&'static str],
    /// The beginning of names without a prefix; empty: there are none.
    pub bare: &'static str,
    /// Names of Ingress classes that nobody gives to ingress-nginx.
    pub classes: &'static [&'static str],
    /// Whether it reads the annotations of ingress-nginx, too.
    pub reads_ours: bool,
}

const fn family(name: &'static str, prefixes: &'static [&'static str], classes: &'static [&'static str]) -> Family {
    Family { name, prefixes, names: &[], bare: "", classes, reads_ours: false }
}

/// NGINX Ingress Controller, by the makers of nginx. Its class is called `nginx` as well.
pub static F5: Family =
    family("F5's NGINX Ingress Controller", &["nginx.org", "nginx.com", "appprotect.f5.com", "appprotectdos.f5.com"], &["nginx-plus"]);
/// HAProxy Ingress, by the community.
pub static HAPROXY_INGRESS: Family = family("HAProxy Ingress", &["haproxy-ingress.github.io"], &["haproxy"]);
/// HAProxy Kubernetes Ingress Controller, by the makers of HAProxy.
pub static HAPROXY: Family =
    family("HAProxy's own ingress controller", &["haproxy.org", "haproxy.com", "ingress.haproxy.org"], &["haproxy"]);
/// Traefik.
pub static TRAEFIK: Family = Family {
    bare: "traefik.",
    ..family("Traefik", &["traefik.ingress.kubernetes.io", "traefik.io", "traefik.containo.us"], &["traefik", "traefik-lb"])
};
/// AWS Load Balancer Controller, and that of Alibaba, which took over its prefix.
pub static ALB: Family = family("the AWS Load Balancer Controller", &["alb.ingress.kubernetes.io"], &["alb"]);
/// Kong.
pub static KONG: Family = family("Kong", &["konghq.com", "configuration.konghq.com", "plugins.konghq.com"], &["kong"]);
/// Contour.
pub static CONTOUR: Family = family("Contour", &["projectcontour.io", "contour.heptio.com"], &["contour"]);
/// Higress.
pub static HIGRESS: Family =
    Family { reads_ours: true, ..family("Higress", &["higress.io", "mse.ingress.kubernetes.io"], &["higress", "mse"]) };
/// The controller of Google's clouds.
pub static GCE: Family = Family {
    names: &[
        "kubernetes.io/ingress.allow-http",
        "kubernetes.io/ingress.global-static-ip-name",
        "kubernetes.io/ingress.regional-static-ip-name",
        "ingress.gcp.kubernetes.io/pre-shared-cert",
    ],
    ..family("GKE's ingress controller", &["ingress.gcp.kubernetes.io", "networking.gke.io"], &["gce", "gce-internal"])
};

/// All of them.
pub static FAMILIES: &[&Family] = &[
    &F5,
    &HAPROXY_INGRESS,
    &HAPROXY,
    &TRAEFIK,
    &ALB,
    &KONG,
    &CONTOUR,
    &HIGRESS,
    &GCE,
    &family("Azure's Application Gateway", &["appgw.ingress.kubernetes.io", "appgw.ingress.azure.io"], &["azure-application-gateway"]),
    &family("APISIX", &["k8s.apisix.apache.org"], &["apisix"]),
    &family("Ambassador", &["getambassador.io"], &["ambassador"]),
    &family("Skipper", &["zalando.org"], &["skipper"]),
    &family("Voyager", &["ingress.appscode.com"], &["voyager"]),
    &family("Citrix' ingress controller", &["ingress.citrix.com"], &["citrix"]),
    &family("Avi's ingress controller", &["ako.vmware.com"], &["avi-lb"]),
    &family("the OpenShift router", &["haproxy.router.openshift.io", "router.openshift.io", "route.openshift.io"], &["openshift-default"]),
    &family("Cilium", &["ingress.cilium.io"], &["cilium"]),
    &family("Pomerium", &["ingress.pomerium.io"], &["pomerium"]),
];

/// The family that an annotation belongs to.
#[must_use]
pub fn of_annotation(key: &str) -> Option<&'static Family> {
    static BY_START: LazyLock<HashMap<&str, &Family>> = LazyLock::new(|| {
        let starts = |family: &'static Family| family.prefixes.iter().chain(family.names).map(move |start| (*start, family));
        FAMILIES.iter().copied().flat_map(starts).collect()
    });
    match key.split_once('/') {
        Some((prefix, _)) => BY_START.get(key).or_else(|| BY_START.get(prefix)).copied(),
        None => FAMILIES.iter().copied().find(|family| !family.bare.is_empty() && key.starts_with(family.bare)),
    }
}

/// A family whose Ingress class has this name.
#[must_use]
pub fn of_class(class: &str) -> Option<&'static Family> {
    FAMILIES.iter().copied().find(|family| family.classes.iter().any(|known| known.eq_ignore_ascii_case(class)))
}

#[cfg(test)]
mod tests {
    use hashbrown::HashSet;

    use super::*;

    #[test]
    fn no_two_families_share_a_prefix() {
        let mut seen = HashSet::new();
        for family in FAMILIES {
            for start in family.prefixes.iter().chain(family.names) {
                assert!(seen.insert(*start), "{start}");
            }
        }
    }

    #[test]
    fn annotations_and_classes_lead_to_their_family() {
        let cases = [
            ("nginx.org/rewrites", Some(F5.name)),
            ("haproxy.org/whitelist", Some(HAPROXY.name)),
            ("haproxy-ingress.github.io/whitelist-source-range", Some(HAPROXY_INGRESS.name)),
            ("traefik.frontend.rule.type", Some(TRAEFIK.name)),
            ("kubernetes.io/ingress.allow-http", Some(GCE.name)),
            ("kubernetes.io/ingress.class", None),
            ("nginx.ingress.kubernetes.io/app-root", None),
            ("cert-manager.io/cluster-issuer", None),
            ("app-root", None),
        ];
        for (key, expected) in cases {
            assert_eq!(of_annotation(key).map(|family| family.name), expected, "{key}");
        }
        assert!(of_class("kong").is_some() && of_class("HAProxy").is_some() && of_class("nginx").is_none());
    }
}
