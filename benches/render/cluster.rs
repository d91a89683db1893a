//! A made-up cluster with the mix of real ones: teams with a namespace each, applications with a host, Services, endpoints and a
//! certificate, annotations about as often as manifests in public repositories carry them.

use std::fmt::{Display, Write as _};

use base64::Engine as _;

/// Annotations, how many of a thousand Ingresses carry each, and the values that they are given.
const ANNOTATIONS: &[(&str, u64, &[&str])] = &[
    ("ssl-redirect", 250, &["true", "false"]),
    ("force-ssl-redirect", 120, &["true"]),
    ("proxy-body-size", 240, &["0", "10m", "64m", "512m"]),
    ("proxy-read-timeout", 200, &["30", "120", "600", "3600"]),
    ("proxy-send-timeout", 120, &["30", "120", "600"]),
    ("proxy-connect-timeout", 90, &["3", "10"]),
    ("proxy-buffering", 40, &["on", "off"]),
    ("proxy-buffer-size", 60, &["8k", "16k", "128k"]),
    ("proxy-request-buffering", 30, &["off"]),
    ("proxy-http-version", 20, &["1.1"]),
    ("backend-protocol", 90, &["HTTP", "HTTPS", "GRPC"]),
    ("whitelist-source-range", 80, &["10.0.0.0/8", "192.168.0.0/16,172.16.0.0/12,203.0.113.7"]),
    ("affinity", 40, &["cookie"]),
    ("session-cookie-name", 35, &["route", "SESSION"]),
    ("enable-cors", 70, &["true"]),
    ("cors-allow-origin", 50, &["*", "https://shop.example.org, https://*.example.net"]),
    ("cors-allow-methods", 40, &["GET, POST, OPTIONS"]),
    ("limit-rps", 40, &["5", "20", "100"]),
    ("limit-connections", 20, &["10", "50"]),
    ("auth-url", 40, &["https://login.example.org/oauth2/auth", "http://auth.sso.svc.cluster.local:4180/check"]),
    ("auth-signin", 30, &["https://login.example.org/oauth2/start?rd=$scheme://$host$escaped_request_uri"]),
    ("auth-response-headers", 20, &["X-Auth-User,X-Auth-Groups"]),
    ("custom-http-errors", 15, &["404,503"]),
    ("from-to-www-redirect", 10, &["true"]),
    ("permanent-redirect", 10, &["https://www.example.org/moved"]),
    ("app-root", 15, &["/home", "/ui/"]),
    ("upstream-hash-by", 10, &["$remote_addr", "$request_uri"]),
    ("service-upstream", 15, &["true"]),
    ("use-regex", 30, &["true"]),
    // A name that the controller does not know, and a value that it refuses: manifests have those too.
    ("proxy-read-timeouts", 5, &["60"]),
    ("proxy-next-upstream-tries", 5, &["three"]),
];

/// The paths of an application, and the Service behind each: the first ones are there in any.
const PATHS: &[(&str, &str, &str)] = &[
    ("/", "Prefix", "web"),
    ("/api", "Prefix", "api"),
    ("/static/", "Prefix", "web"),
    ("/healthz", "Exact", "web"),
    ("/events", "ImplementationSpecific", "events"),
];

/// Applications that share a namespace.
const TEAM: usize = 20;

/// The manifests of a cluster with this many Ingresses, one stream of documents. The same number gives the same manifests.
pub(super) fn manifests(ingresses: usize) -> String {
    let mut cluster = Cluster { text: String::new(), chance: Chance(0x5eed), certificate: certificate() };
    cluster.controller();
    let mut left = ingresses;
    for number in 0.. {
        if left == 0 {
            break;
        }
        left -= cluster.application(number, left);
    }
    cluster.text
}

/// A certificate and its key as a Secret holds them, for all hosts alike: making a key costs more than reading it.
fn certificate() -> [String; 2] {
    let made = rcgen::generate_simple_self_signed([String::from("*.apps.example.com")]).expect("the name is a DNS name");
    [made.cert.pem(), made.signing_key.serialize_pem()].map(|pem| base64::engine::general_purpose::STANDARD.encode(pem))
}

struct Cluster {
    text: String,
    chance: Chance,
    certificate: [String; 2],
}

impl Cluster {
    fn line(&mut self, line: impl Display) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn object(&mut self, api_version: &str, kind: &str, namespace: &str, name: &str) {
        self.line(format_args!("---\napiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: {namespace}"));
    }

    fn controller(&mut self) {
        self.line(
            "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: nginx\nspec:\n  controller: k8s.io/ingress-nginx",
        );
        self.object("v1", "ConfigMap", "ingress-nginx", "ingress-nginx-controller");
        self.line("data:\n  use-forwarded-headers: \"true\"\n  proxy-body-size: 8m\n  use-gzip: \"true\"\n  keep-alive: \"75\"");
    }

    /// One application: its Ingress, now and then with a canary beside it. Returns the number of Ingresses.
    fn application(&mut self, number: usize, most: usize) -> usize {
        let (namespace, name) = (format!("team-{}", number / TEAM), format!("shop-{number}"));
        let host = format!("{name}.apps.example.com");
        let paths = &PATHS[..self.chance.pick(&[1, 1, 1, 1, 1, 1, 2, 2, 3, 5])];
        let has_tls = self.chance.of_thousand(750);
        self.ingress(&namespace, &name, &host, paths, has_tls);
        for service in ["web", "api", "events"] {
            if paths.iter().any(|(_, _, behind)| *behind == service) {
                self.service(&namespace, &format!("{name}-{service}"), number);
            }
        }
        // Some certificates are made by another tool and are not in the input.
        if has_tls && self.chance.of_thousand(850) {
            self.object("v1", "Secret", &namespace, &format!("{name}-tls"));
            let [certificate, key] = self.certificate.clone();
            self.line(format_args!("type: kubernetes.io/tls\ndata:\n  tls.crt: {certificate}\n  tls.key: {key}"));
        }
        if most < 2 || !self.chance.of_thousand(30) {
            return 1;
        }
        self.canary(&namespace, &name, &host);
        self.service(&namespace, &format!("{name}-next"), number);
        2
    }

    fn ingress(&mut self, namespace: &str, name: &str, host: &str, paths: &[(&str, &str, &str)], has_tls: bool) {
        self.object("networking.k8s.io/v1", "Ingress", namespace, name);
        let (day, hour) = (1 + self.chance.below(28), self.chance.below(24));
        self.line(format_args!(
            "  creationTimestamp: \"2025-03-{day:02}T{hour:02}:00:00Z\"\n  labels:\n    app.kubernetes.io/name: {name}"
        ));
        self.line("  annotations:\n    meta.helm.sh/release-name: shop");
        for (annotation, odds, values) in ANNOTATIONS {
            if self.chance.of_thousand(*odds) {
                let value = self.chance.pick(values);
                self.line(format_args!("    nginx.ingress.kubernetes.io/{annotation}: \"{value}\""));
            }
        }
        let is_rewritten = self.chance.of_thousand(150);
        if is_rewritten {
            self.line("    nginx.ingress.kubernetes.io/rewrite-target: /$2");
        }
        self.line(format_args!("spec:\n  ingressClassName: nginx\n  rules:\n  - host: {host}\n    http:\n      paths:"));
        for (path, path_type, service) in paths {
            let (path, path_type) =
                if is_rewritten { (format!("{path}(/|$)(.*)"), "ImplementationSpecific") } else { ((*path).into(), *path_type) };
            self.path(&path, path_type, &format!("{name}-{service}"));
        }
        if has_tls {
            self.line(format_args!("  tls:\n  - hosts:\n    - {host}\n    secretName: {name}-tls"));
        }
    }

    fn canary(&mut self, namespace: &str, name: &str, host: &str) {
        self.object("networking.k8s.io/v1", "Ingress", namespace, &format!("{name}-next"));
        let (annotation, value) = self.chance.pick(&[("weight", "10"), ("weight", "50"), ("by-header", "X-Canary"), ("by-cookie", "next")]);
        self.line("  annotations:\n    nginx.ingress.kubernetes.io/canary: \"true\"");
        self.line(format_args!("    nginx.ingress.kubernetes.io/canary-{annotation}: \"{value}\""));
        self.line(format_args!("spec:\n  ingressClassName: nginx\n  rules:\n  - host: {host}\n    http:\n      paths:"));
        self.path("/", "Prefix", &format!("{name}-next"));
    }

    fn path(&mut self, path: &str, path_type: &str, service: &str) {
        self.line(format_args!("      - path: {path}\n        pathType: {path_type}\n        backend:\n          service:"));
        self.line(format_args!("            name: {service}\n            port:\n              name: http"));
    }

    /// A Service and the addresses behind it.
    fn service(&mut self, namespace: &str, name: &str, number: usize) {
        let (high, low) = (number / 250 % 250, number % 250 + 1);
        self.object("v1", "Service", namespace, name);
        self.line(format_args!("spec:\n  type: ClusterIP\n  clusterIP: 10.96.{high}.{low}\n  selector:\n    app: {name}"));
        self.line("  ports:\n  - name: http\n    port: 80\n    protocol: TCP\n    targetPort: 8080");
        self.object("discovery.k8s.io/v1", "EndpointSlice", namespace, &format!("{name}-x7k2p"));
        self.line(format_args!("  labels:\n    kubernetes.io/service-name: {name}\naddressType: IPv4\nports:"));
        self.line("- name: http\n  port: 8080\n  protocol: TCP\nendpoints:");
        for pod in 0..1 + self.chance.below(4) {
            self.line(format_args!("- addresses:\n  - 10.{}.{high}.{low}\n  conditions:\n    ready: true", 128 + pod));
        }
    }
}

/// Numbers as by chance, the same in each run (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn of_thousand(&mut self, odds: u64) -> bool {
        self.below(1000) < odds
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        // A remainder by a length is an index.
        from[usize::try_from(self.below(from.len() as u64)).unwrap_or_default()]
    }
}
