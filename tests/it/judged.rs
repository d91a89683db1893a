//! What is found in a large configuration, of which what was judged once is left out, is what is found in all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::emit::{IngressNginx, Options, Target};
use ingressc::ir::Proxy;
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::nginx::{Build, Judge, Refusal, TakePortions};
use ingressc::source::SourceMap;

const HOSTS: usize = 1_800;

/// What an Ingress asks for, its path, and how many others there are from one to the next.
const KINDS: [(&str, &str, usize); 16] = [
    ("", "/", 1),
    ("proxy-body-size: 8m", "/", 3),
    ("enable-cors: 'true'", "/shop", 5),
    ("whitelist-source-range: 10.0.0.0/8", "/", 7),
    ("limit-rps: '5'", "/", 11),
    ("configuration-snippet: 'more_set_headers \"X-A: b\";'", "/", 13),
    ("app-root: /start", "/", 17),
    ("auth-url: http://auth.example.com/check", "/", 19),
    ("rewrite-target: /$1, use-regex: 'true'", "/(.*)", 23),
    ("server-snippet: 'client_header_timeout 5s;'", "/", 29),
    // What nginx refuses.
    ("configuration-snippet: 'no_such_directive on;'", "/", 97),
    ("server-snippet: 'nothing here;'", "/", 101),
    ("proxy-buffer-size: 64k, proxy-buffers-number: '2'", "/", 103),
    ("configuration-snippet: 'set $a $nobody_sets_this;'", "/", 107),
    ("", "/a{b", 109),
    // What a fault of nginx is reached by.
    ("rewrite-target: 'https://new.example.com/$1$2', use-regex: 'true'", "/((.*))", 113),
];

fn manifests() -> String {
    let mut text = String::from(
        "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: d}\nspec: {ports: [{port: 80}]}\n---
apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}\n",
    );
    for at in 0..HOSTS {
        let (asked, path, _) = KINDS.iter().rev().find(|(.., every)| (at + 1) % every == 0).expect("the first fits all");
        let asked: Vec<String> =
            asked.split(", ").filter(|one| !one.is_empty()).map(|one| format!("nginx.ingress.kubernetes.io/{one}")).collect();
        let _ = write!(
            text,
            "---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: i{at}, namespace: d, annotations: {{{}}}}}
spec:
  ingressClassName: nginx
  rules:
  - host: h{at}.example.com
    http:
      paths:
      - {{path: '{path}', pathType: ImplementationSpecific, backend: {{service: {{name: s, port: {{number: 80}}}}}}}}
",
            asked.join(", ")
        );
    }
    text
}

fn proxy() -> Proxy {
    let mut sources = SourceMap::default();
    sources.add("in.yaml", manifests());
    let cluster = manifest::load(&mut sources).value;
    let arguments = ["--configmap=ingress-nginx/ingress-nginx-controller", "--disable-annotation-validation=true"];
    let flags = Flags::parse(LATEST, arguments.map(|argument| (argument, None))).value;
    lower::lower(&cluster, &Controller { version: LATEST, flags, environment: Environment::default() }).value
}

/// Judges portions, or reads all of them.
struct Reader {
    judge: Judge,
    is_judge: bool,
    bytes: usize,
    portions: usize,
}

impl Reader {
    fn new(is_judge: bool) -> Self {
        Self { judge: Judge::new(Build::Controller((1, 15, 1))), is_judge, bytes: 0, portions: 0 }
    }

    /// Everything that was found, by host, and of nobody once.
    fn found(mut self) -> BTreeMap<Option<String>, BTreeSet<String>> {
        let mut found: BTreeMap<Option<String>, BTreeSet<String>> = BTreeMap::new();
        let words = |refusal: &Refusal| format!("{:?} {} {}", refusal.location, refusal.line, refusal.message);
        for reached in self.judge.take_reached() {
            found.entry(reached.place.host.clone()).or_default().insert(format!("{} {}", reached.advisory.id(), words(&reached.place)));
        }
        for refusal in self.judge.into_refusals() {
            found.entry(refusal.host.clone()).or_default().insert(words(&refusal));
        }
        found
    }
}

impl TakePortions for Reader {
    fn take(&mut self, _: &str, text: &str) {
        (self.bytes, self.portions) = (self.bytes + text.len(), self.portions + 1);
        self.judge.take(text);
    }

    fn is_clean(&self, host: &str) -> bool {
        self.is_judge && self.judge.is_clean(host)
    }
}

#[test]
fn what_is_left_out_would_have_told_nothing_more() {
    let proxy = proxy();
    let read = |is_judge: bool| {
        let mut reader = Reader::new(is_judge);
        let told = IngressNginx.render_for_checks(&proxy, &Options::default(), &mut reader);
        (reader, told)
    };
    let ((judged, told), (all, told_of_all)) = (read(true), read(false));
    assert!(all.portions > 4, "{} portions", all.portions);
    assert!(2 * judged.bytes < all.bytes, "{} of {} bytes", judged.bytes, all.bytes);
    assert_eq!(told, told_of_all);
    assert!(!judged.judge.needs_whole() && !all.judge.needs_whole());
    let (judged, all) = (judged.found(), all.found());
    for (host, found) in &all {
        assert_eq!(judged.get(host), Some(found), "{host:?}");
    }
    assert_eq!(judged.len(), all.len());
    // Of each of the kinds that are refused, and of the one that reaches a fault, there are some.
    let hosts = |at: usize| (0..HOSTS).filter(move |host| (host + 1) % KINDS[at].2 == 0).map(|host| Some(format!("h{host}.example.com")));
    for at in [10, 11, 12, 13, 15] {
        assert!(hosts(at).filter(|host| all.contains_key(host)).count() > 8, "{:?}", KINDS[at]);
    }
}
