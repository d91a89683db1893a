//! How much memory a run takes for what it reads and writes: counted, not timed.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;

use allocation_counter::{AllocationInfo, measure};
use ingressc::catalog::flags::Flags;
use ingressc::catalog::version::LATEST;
use ingressc::emit::{self, Options, OutputFile, Sink};
use ingressc::lint::{self, Judgement, Subject};
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::source::SourceMap;

const CLASS: &str = "\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: d}
spec: {ports: [{port: 80, targetPort: 8080}]}
---
";

const PREFIX: &str = "nginx.ingress.kubernetes.io";

fn ingress(at: usize, host: &str, path: &str, annotations: &str) -> String {
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: i-{at:06}, namespace: d, annotations: {{{annotations}}}}}
spec: {{ingressClassName: nginx, rules: [{{host: {host}, http: {{paths: [{{path: '{path}', pathType: Prefix, \
backend: {{service: {{name: s, port: {{number: 80}}}}}}}}]}}}}]}}
---
"
    )
}

fn hosts(count: usize) -> String {
    (0..count).fold(CLASS.to_owned(), |text, at| text + &ingress(at, &format!("h-{at:06}.example.com"), "/", ""))
}

fn one_host(count: usize) -> String {
    (0..count).fold(CLASS.to_owned(), |text, at| text + &ingress(at, "h.example.com", &format!("/p{at:06}"), ""))
}

fn canaries(count: usize) -> String {
    let canary = format!("{PREFIX}/canary: 'true', {PREFIX}/canary-weight: '10'");
    let text = CLASS.to_owned() + &ingress(count, "h.example.com", "/", "");
    (0..count).fold(text, |text, at| text + &ingress(at, "h.example.com", "/", &canary))
}

fn paths(count: usize, annotations: &str, end: &str, path_type: &str) -> String {
    let mut text = format!(
        "{CLASS}apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: i, namespace: d, annotations: {{{annotations}}}}}
spec:
  ingressClassName: nginx
  rules:
  - host: h.example.com
    http:
      paths:
"
    );
    for at in 0..count {
        let _ = writeln!(
            text,
            "      - path: /p/{at:06}{end}\n        pathType: {path_type}\n        backend: {{service: {{name: s, port: {{number: 80}}}}}}"
        );
    }
    text
}

fn endpoints(count: usize) -> String {
    let mut text = format!(
        "{CLASS}{}apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: s-1, namespace: d, labels: {{kubernetes.io/service-name: s}}}}
addressType: IPv4
ports: [{{port: 8080}}]
endpoints:
",
        ingress(0, "h.example.com", "/", "")
    );
    for at in 0..count {
        let _ = writeln!(text, "- addresses: [10.0.{}.{}]\n  conditions: {{ready: true}}", at >> 8, at & 255);
    }
    text
}

fn keys(count: usize) -> String {
    let start = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata:\n";
    (0..count).fold(start.to_owned(), |text, at| text + &format!("  key-number-{at:07}: \"some value of a key with {at:07}\"\n"))
}

/// Hosts that take next to nothing in the manifests.
fn tiny_hosts(count: usize) -> String {
    let start = format!(
        "{CLASS}apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i, namespace: d}}\nspec:\n  ingressClassName: nginx\n  rules:\n"
    );
    let path = "{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}";
    (0..count).fold(start, |text, at| text + &format!("  - {{host: h{at:06}.example, http: {{paths: [{path}]}}}}\n"))
}

/// One Service that has as many ports as there are paths to it.
fn ports(count: usize) -> String {
    let ports: Vec<String> = (0..count).map(|at| format!("{{name: p{at}, port: {}}}", 1000 + at)).collect();
    let text = CLASS.replace("{port: 80, targetPort: 8080}", &ports.join(", "));
    (0..count).fold(text, |text, at| {
        text + &ingress(at, "h.example.com", &format!("/p{at:06}"), "").replace("number: 80", &format!("number: {}", 1000 + at))
    })
}

/// Values with an anchor around others that have one, and no alias.
fn anchors(count: usize) -> String {
    let opened: String = (0..60).map(|at| format!("&a{at} [")).collect();
    let items: Vec<String> = (0..count).map(|at| at.to_string()).collect();
    format!("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i}}\nodd: {opened}{}{}\n", items.join(", "), "]".repeat(60))
}

fn cors(count: usize) -> String {
    let asks = |at: usize| format!("{PREFIX}/enable-cors: 'true', {PREFIX}/cors-allow-origin: 'https://o{at}.example.com'");
    (0..count).fold(CLASS.to_owned(), |text, at| text + &ingress(at, &format!("h-{at:06}.example.com"), "/", &asks(at)))
}

/// Annotations with their prefix, as a flow mapping has them.
fn asked(annotations: &str) -> String {
    annotations.split(", ").map(|annotation| format!("{PREFIX}/{annotation}")).collect::<Vec<_>>().join(", ")
}

/// An Ingress for each host, with annotations that are the same for all.
fn asking(count: usize, annotations: &str) -> String {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: users, namespace: d}\nstringData: {auth: 'a:$apr1$x$y'}\n---\n";
    let annotations = asked(annotations);
    let start = CLASS.to_owned() + secret;
    (0..count).fold(start, |text, at| text + &ingress(at, &format!("h-{at:06}.example.com"), "/", &annotations))
}

/// What is done with manifests.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Task {
    Render(&'static str),
    Check,
}

/// Counts the bytes that are written, and keeps none.
struct Counted(u64);

impl Sink for Counted {
    fn begin(&mut self, _: &'static str) -> bool {
        true
    }

    fn part(&mut self, text: &str) {
        self.0 += text.len() as u64;
    }

    fn files(&mut self, files: Vec<OutputFile>) {
        files.iter().for_each(|file| self.part(&file.content));
    }
}

/// What it takes, and the bytes that come of it.
fn run(text: &str, task: Task) -> (AllocationInfo, u64) {
    let mut written = 0;
    let info = measure(|| {
        let mut sources = SourceMap::default();
        sources.add("in.yaml", text);
        let cluster = manifest::load(&mut sources);
        let flags = Flags::parse(LATEST, [("--configmap=ingress-nginx/ingress-nginx-controller", None)]).value;
        let controller = Controller { version: LATEST, flags, environment: Environment::default() };
        let proxy = lower::lower(&cluster.value, &controller).value;
        let options = Options::default();
        let target = emit::find("ingress-nginx").expect("it is a target");
        if let Task::Render(target) = task {
            // What was read is given up before it is written.
            drop(cluster);
            let target = emit::find(target).expect("it is a target");
            let mut counted = Counted(0);
            let _ = target.write(&proxy, &options, &mut counted);
            written = counted.0;
            return;
        }
        let judgement = Judgement::of(&proxy, |as_a_whole, take| {
            assert!(!as_a_whole, "its parts have nothing to do with each other");
            target.render_for_checks(&proxy, &options, take);
        });
        let _ = lint::check(&Subject { cluster: &cluster.value, controller: &controller, proxy: &proxy, judgement: &judgement, now: None });
    });
    (info, written)
}

#[test]
fn memory_grows_with_what_is_read_and_written() {
    // Allocations are counted for one thread.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().expect("a thread is there");
    pool.install(|| {
        let pattern = asked("use-regex: 'true'");
        let paths_asking = |count: usize, annotations: &str| paths(count, &asked(annotations), "", "Prefix");
        // The shape, how often its part is repeated, and the bytes that each byte of it may take.
        type Shape<'a> = (&'static str, usize, u64, &'a dyn Fn(usize) -> String);
        let shapes: [Shape; 20] = [
            ("hosts", 1000, 12, &hosts),
            ("one host", 1000, 12, &one_host),
            ("canaries", 1000, 13, &canaries),
            ("paths", 1000, 16, &|count| paths(count, "", "", "Prefix")),
            ("patterns", 1000, 14, &|count| paths(count, &pattern, "/[a-z]+", "ImplementationSpecific")),
            ("endpoints", 1000, 18, &endpoints),
            // Several times as many as the API server takes in one slice: a list that grows has up to twice the room that it needs.
            ("many endpoints", 8000, 28, &endpoints),
            ("keys", 1000, 19, &keys),
            ("tiny hosts", 1000, 17, &tiny_hosts),
            ("ports", 300, 14, &ports),
            ("anchors", 5000, 19, &anchors),
            ("cors", 300, 16, &cors),
            ("hosts with cors", 300, 16, &|count| asking(count, "enable-cors: 'true'")),
            ("hosts with a service", 300, 15, &|count| asking(count, "auth-url: 'http://a.example.com/check'")),
            ("hosts with passwords", 300, 15, &|count| asking(count, "auth-type: basic, auth-secret: users")),
            ("hosts with addresses", 300, 16, &|count| asking(count, "allowlist-source-range: '10.0.0.0/8'")),
            ("hosts with rates", 300, 20, &|count| asking(count, "limit-rps: '5'")),
            ("paths with cors", 300, 16, &|count| paths_asking(count, "enable-cors: 'true'")),
            ("paths with a service", 300, 16, &|count| paths_asking(count, "auth-url: 'http://a.example.com/check'")),
            ("paths with rates", 300, 16, &|count| paths_asking(count, "limit-rps: '5'")),
        ];
        let mut wrong = Vec::new();
        for task in [Task::Render("ingress-nginx"), Task::Render("nginx"), Task::Render("haproxy"), Task::Check] {
            run(&hosts(1), task);
            for (name, count, factor, text) in shapes {
                // What is told of one target holds for the others in smaller.
                let count = if matches!(task, Task::Render("nginx" | "haproxy")) { count / 2 } else { count };
                let (once, twice) = (text(count), text(2 * count));
                let (few, written_of_few) = run(&once, task);
                let (many, written) = run(&twice, task);
                // The controller writes all ports of a Service beside each upstream of it: that takes its steps.
                let is_written_out = 10 * written > 22 * written_of_few;
                // What is there whatever the input, as tables, is there both times.
                let (read, written) = ((twice.len() - once.len()) as u64, written - written_of_few);
                let taken = many.bytes_max.saturating_sub(few.bytes_max);
                // This target looks at all of its text before it writes any. What each Ingress brings for all hosts, as the maps of its
                // own origins, is there once more while that is judged.
                let held = match (task, name) {
                    (Task::Render("nginx"), "cors") => 4 * written,
                    (Task::Render("nginx"), _) => written,
                    (Task::Render(_) | Task::Check, _) => 0,
                };
                let about = format!("{task:?} of {name}: {read} bytes read, {written} written, {taken} taken: {few:?}, {many:?}");
                // What holds for all hosts is judged once more with each portion of them.
                let grows = 10 * many.bytes_max > 22 * few.bytes_max || !is_written_out && 10 * many.count_total > 24 * few.count_total;
                if taken > factor * read + held || grows {
                    wrong.push(about);
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}
