//! How the time of a run grows with one thing that it reads: twice as much of it takes twice as long, and the exponent is 1.
#![expect(clippy::expect_used, reason = "a measurement that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a program of its own reads its own arguments")]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

#[path = "../tests/support/growing.rs"]
mod growing;

use std::time::{Duration, Instant};

use growing::{anchors, asked, asking, canaries, cors, endpoints, hosts, keys, one_host, paths, ports, tiny_hosts};
use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::check::Check;
use ingressc::emit::{self, Options, OutputFile};
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::source::SourceMap;

/// How many of each thing there are: each size is twice the one before it.
const SIZES: [usize; 4] = [1_000, 2_000, 4_000, 8_000];

/// Each run is made as often, and the fastest counts: whatever else the machine does only adds.
const RUNS: usize = 3;

fn main() {
    // Cargo asks with arguments of its own; a word that is none chooses the shapes whose names hold it.
    let chosen = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    type Shape<'a> = (&'static str, &'a dyn Fn(usize) -> String);
    let shapes: [Shape; 18] = [
        ("Ingresses of one Service, a host each", &hosts),
        ("paths of one host, an Ingress each", &one_host),
        ("paths of one Ingress", &|count| paths(count, "", "", "Prefix")),
        ("regular expressions of one host", &|count| paths(count, &asked("use-regex: 'true'"), "/[a-z]+", "ImplementationSpecific")),
        ("canaries of one path", &canaries),
        ("aliases of one host", &aliases),
        ("redirects to a twin", &|count| asking(count, "from-to-www-redirect: 'true'")),
        ("hosts of one Ingress", &tiny_hosts),
        ("ports of one Service", &ports),
        ("endpoints of one Service", &endpoints),
        ("keys of a ConfigMap", &keys),
        ("lines of a ConfigMap's value", &snippet),
        ("findings", &|count| asking(count, "proxy-read-timeouts: '60'")),
        ("hosts with CORS", &cors),
        ("hosts with rates", &|count| asking(count, "limit-rps: '5'")),
        ("hosts with passwords", &|count| asking(count, "auth-type: basic, auth-secret: users")),
        ("hosts with a service that decides", &|count| asking(count, "auth-url: 'http://a.example.com/check'")),
        ("anchors", &anchors),
    ];
    println!("{:40} {:>8} {:>8} {:>8} {:>8}  exponent", "milliseconds", "1,000", "2,000", "4,000", "8,000");
    for (name, text) in shapes.iter().filter(|(name, _)| name.contains(chosen.as_str())) {
        for (task, run) in [("render", render as fn(&str)), ("check", check)] {
            let times = SIZES.map(|size| fastest(&text(size), run));
            let [first, .., last] = times.map(|time| time.as_secs_f64());
            let exponent = (last / first).log2() / 3.0;
            let [one, two, four, eight] = times.map(|time| time.as_secs_f64() * 1000.0);
            println!("{:40} {one:8.1} {two:8.1} {four:8.1} {eight:8.1}  {exponent:.2}", format!("{task}: {name}"));
        }
    }
}

fn fastest(text: &str, run: fn(&str)) -> Duration {
    let times = (0..RUNS).map(|_| {
        let start = Instant::now();
        run(text);
        start.elapsed()
    });
    times.min().expect("it runs at least once")
}

fn controller() -> Controller {
    let flags = Flags::parse(LATEST, [("--configmap=ingress-nginx/ingress-nginx-controller", None)]).value;
    Controller { version: LATEST, flags, environment: Environment::default() }
}

fn render(text: &str) {
    let mut sources = SourceMap::default();
    sources.add("in.yaml", text);
    let cluster = manifest::load(&mut sources).value;
    let proxy = lower::lower(&cluster, &controller()).value;
    let target = emit::find("ingress-nginx").expect("it is a target");
    let mut files: Vec<OutputFile> = Vec::new();
    let _ = target.write(&proxy, &Options::default(), &mut files);
}

fn check(text: &str) {
    let mut sources = SourceMap::default();
    sources.add("in.yaml", text);
    let cluster = manifest::load(&mut sources).value;
    let target = emit::find("ingress-nginx").expect("it is a target");
    let _ = Check { target, options: Options::default(), now: None }.run(&cluster, &controller());
}

/// One Ingress whose host has as many other names.
fn aliases(count: usize) -> String {
    let names: Vec<String> = (0..count).map(|at| format!("a{at:06}.example.com")).collect();
    paths(1, &asked(&format!("server-alias: '{}'", names.join(","))), "", "Prefix")
}

/// A ConfigMap with a value of as many lines.
fn snippet(count: usize) -> String {
    let start = keys(0) + "  http-snippet: |\n";
    (0..count).fold(start, |text, at| text + &format!("    map $host $v{at:06} {{ default {at}; }}\n"))
}
