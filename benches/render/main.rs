//! How fast the manifests of a cluster become configuration, each stage alone and all of them, and how fast that is asked.
#![expect(clippy::expect_used, reason = "a measurement that cannot go on has failed")]

mod cluster;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use ingressc::catalog::flags::Flags;
use ingressc::catalog::version::Version;
use ingressc::conf;
use ingressc::emit::{self, OutputFile};
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest::{self, Cluster};
use ingressc::route::{Config, Dynamic, Request};
use ingressc::source::{FileId, SourceMap};
use mimalloc::MiMalloc;
use serde_json::Value;

/// As in the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Numbers of Ingresses: a stage that is linear needs ten times the time for each step.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    divan::main();
}

fn sources(manifests: &str) -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add("cluster.yaml", manifests);
    sources
}

fn cluster(manifests: &str) -> Cluster {
    manifest::load(&mut sources(manifests)).value
}

fn controller() -> Controller {
    let flags = Flags { configmap: String::from("ingress-nginx/ingress-nginx-controller"), ..Flags::default() };
    Controller { version: Version::default(), flags, environment: Environment::default() }
}

fn render(proxy: &ingressc::ir::Proxy) -> Vec<OutputFile> {
    let target = emit::find("ingress-nginx").expect("the target is always there");
    target.render(proxy, &emit::Options::default()).value
}

#[divan::bench(args = SIZES)]
fn load(bencher: Bencher<'_, '_>, ingresses: usize) {
    let manifests = cluster::manifests(ingresses);
    let bencher = bencher.counter(ItemsCount::new(ingresses)).counter(BytesCount::of_str(&manifests));
    bencher.with_inputs(|| sources(&manifests)).bench_local_refs(manifest::load);
}

#[divan::bench(args = SIZES)]
fn lower(bencher: Bencher<'_, '_>, ingresses: usize) {
    let (cluster, controller) = (cluster(&cluster::manifests(ingresses)), controller());
    bencher.counter(ItemsCount::new(ingresses)).bench_local(|| lower::lower(black_box(&cluster), &controller));
}

#[divan::bench(args = SIZES)]
fn print(bencher: Bencher<'_, '_>, ingresses: usize) {
    let cluster = cluster(&cluster::manifests(ingresses));
    let proxy = lower::lower(&cluster, &controller()).value;
    bencher.counter(ItemsCount::new(ingresses)).bench_local(|| render(black_box(&proxy)));
}

#[divan::bench(args = SIZES)]
fn all(bencher: Bencher<'_, '_>, ingresses: usize) {
    let (manifests, controller) = (cluster::manifests(ingresses), controller());
    let bencher = bencher.counter(ItemsCount::new(ingresses)).counter(BytesCount::of_str(&manifests));
    bencher.bench_local(|| {
        let cluster = cluster(black_box(&manifests));
        render(&lower::lower(&cluster, &controller).value)
    });
}

/// What the controller gets, and requests for all of its paths.
struct Asked {
    files: Vec<OutputFile>,
    requests: Vec<Request>,
}

impl Asked {
    fn of(ingresses: usize) -> Self {
        let cluster = cluster(&cluster::manifests(ingresses));
        let proxy = lower::lower(&cluster, &controller()).value;
        let paths = proxy.servers.iter().flat_map(|server| server.routes.iter().map(move |route| (&server.hostname, &route.path)));
        let urls = paths.map(|(host, path)| {
            format!("https://{}{}/x?a=1", host.replace('*', "any"), path.split(['(', '[', '$']).next().unwrap_or(path))
        });
        let requests = urls.filter_map(|url| Request::of_url(&url).ok()).collect();
        Self { files: render(&proxy), requests }
    }

    fn dynamic(&self) -> Dynamic {
        let read = |name: &str| self.files.iter().find(|file| file.name == name).and_then(|file| serde_json::from_str(&file.content).ok());
        let (backends, certificates, lua): (Option<Value>, Option<Value>, Option<Value>) =
            (read("backends.json"), read("certificates.json"), read("lua.json"));
        Dynamic::new(backends.as_ref(), certificates.as_ref(), lua.as_ref())
    }
}

/// A configuration is made ready to be asked.
#[divan::bench(args = SIZES)]
fn lift(bencher: Bencher<'_, '_>, ingresses: usize) {
    let asked = Asked::of(ingresses);
    let tree = conf::parse(FileId(0), &asked.files[0].content).value;
    bencher
        .counter(ItemsCount::new(ingresses))
        .with_inputs(|| asked.dynamic())
        .bench_local_values(|dynamic| drop(black_box(Config::lift(&tree, dynamic))));
}

/// A request to each of its paths is decided.
#[divan::bench(args = SIZES)]
fn decide(bencher: Bencher<'_, '_>, ingresses: usize) {
    let asked = Asked::of(ingresses);
    let tree = conf::parse(FileId(0), &asked.files[0].content).value;
    let config = Config::lift(&tree, asked.dynamic());
    bencher.counter(ItemsCount::new(asked.requests.len())).bench_local(|| {
        asked.requests.iter().for_each(|request| drop(black_box(config.decide(request))));
    });
}

/// The same without the story of each.
#[divan::bench(args = SIZES)]
fn outcome(bencher: Bencher<'_, '_>, ingresses: usize) {
    let asked = Asked::of(ingresses);
    let tree = conf::parse(FileId(0), &asked.files[0].content).value;
    let config = Config::lift(&tree, asked.dynamic());
    bencher.counter(ItemsCount::new(asked.requests.len())).bench_local(|| {
        asked.requests.iter().for_each(|request| drop(black_box(config.outcome(request))));
    });
}
