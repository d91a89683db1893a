//! How fast the manifests of a cluster become configuration: each stage alone, and all of them.
#![expect(clippy::expect_used, reason = "a measurement that cannot go on has failed")]

mod cluster;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use ingressc::catalog::flags::Flags;
use ingressc::catalog::version::Version;
use ingressc::emit::{self, OutputFile};
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest::{self, Cluster};
use ingressc::source::SourceMap;

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
