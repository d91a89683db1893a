//! The part of a proxy that the hosts of requests need answers as the whole does: for all recorded inputs, and a larger set where it is.

use std::fs;
use std::path::{Path, PathBuf};

use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::conf;
use ingressc::emit::{self, Options, OutputFile};
use ingressc::ir::Proxy;
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::route::{Config, Decision, Dynamic, Request};
use ingressc::source::{FileId, SourceMap};
use rayon::prelude::*;

/// One case of the larger set in so many. All of them with `INGRESSC_ALL_CASES` set.
const STEP: usize = 16;
/// Hosts that are asked about in each case.
const MOST_HOSTS: usize = 8;
/// Paths of each host.
const MOST_PATHS: usize = 4;

fn manifests(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            manifests(&path, found);
        } else if path.extension().is_some_and(|end| end == "yaml") {
            found.push(path);
        }
    }
}

fn lowered(path: &Path) -> Proxy {
    let text = fs::read_to_string(path).expect("it can be read");
    let flags = text.lines().next().and_then(|line| line.strip_prefix("# flags:")).unwrap_or_default().to_owned();
    let mut sources = SourceMap::default();
    sources.add(path.to_string_lossy().into_owned(), text);
    let usual = ["--configmap=ingress-nginx/ingress-nginx-controller"];
    let flags = Flags::parse(LATEST, usual.into_iter().chain(flags.split_whitespace()).map(|flag| (flag, None))).value;
    let controller = Controller { version: LATEST, flags, environment: Environment::default() };
    lower::lower(&manifest::load(&mut sources).value, &controller).value
}

fn render(proxy: &Proxy) -> Vec<OutputFile> {
    emit::find("ingress-nginx").expect("it is a target").render(proxy, &Options::default()).value
}

/// What is said of requests, without places.
fn told(files: &[OutputFile], requests: &[Request]) -> Vec<String> {
    let tree = conf::parse(FileId(0), &files[0].content).value;
    let read = |name: &str| files.iter().find(|file| file.name == name).and_then(|file| serde_json::from_str(&file.content).ok());
    let [backends, certificates, lua]: [Option<serde_json::Value>; 3] = ["backends.json", "certificates.json", "lua.json"].map(read);
    let config = Config::lift(&tree, Dynamic::new(backends.as_ref(), certificates.as_ref(), lua.as_ref()));
    let all = requests.iter().map(|request| {
        let ways = config.branches(request);
        let near: Vec<_> = config.near(request, &ways[0]).into_iter().map(|near| (near.path, near.ingress, near.why)).collect();
        format!("{:?} near {near:?}", ways.into_iter().map(bare).collect::<Vec<_>>())
    });
    all.collect()
}

fn bare(mut way: Decision) -> String {
    way.steps.iter_mut().for_each(|step| step.at = None);
    way.checks.iter_mut().for_each(|check| check.at = None);
    match &mut way.end {
        ingressc::route::End::Answer(answer) => answer.at = None,
        ingressc::route::End::Backend(passed) => passed.at = None,
        ingressc::route::End::Closed | ingressc::route::End::Unknown => {}
    }
    let server = way.server.take().map(|server| server.name);
    let location = way.location.take().map(|found| (found.by, found.path, found.namespace, found.ingress, found.service, found.port));
    format!("{server:?} {location:?} {way:?}")
}

/// Hosts of a proxy as clients name them, some that it has not, and their paths.
fn asked(proxy: &Proxy) -> Vec<(String, Vec<Request>)> {
    let mut hosts: Vec<String> = vec![String::from("nobody.example.com"), String::from("_")];
    for server in &proxy.servers {
        hosts.extend(std::iter::once(&server.hostname).chain(&server.aliases).map(|name| name.replace('*', "any")));
    }
    hosts.extend(proxy.host_redirects.iter().map(|redirect| redirect.from.clone()));
    hosts.retain(|host| !host.starts_with('~'));
    hosts.dedup();
    let paths: Vec<String> = proxy.servers.iter().flat_map(|server| &server.routes).map(|route| route.path.clone()).collect();
    let urls = |host: &str| {
        let paths = paths.iter().map(String::as_str).chain(["/", "/nothing/there"]).take(MOST_PATHS).map(|path| format!("{path}?a=1"));
        let urls = paths.flat_map(|path| ["http", "https"].map(|scheme| format!("{scheme}://{host}{path}")));
        urls.filter_map(|url| Request::of_url(&url).ok()).collect()
    };
    hosts.iter().take(MOST_HOSTS).map(|host| (host.clone(), urls(host))).collect()
}

fn compare(path: &Path) {
    let proxy = lowered(path);
    let whole = render(&proxy);
    for (host, requests) in asked(&proxy) {
        let mut hosts: Vec<String> = requests.iter().flat_map(Request::hosts).collect();
        hosts.dedup();
        let part = render(&proxy.part_for(&hosts));
        for ((part, whole), request) in told(&part, &requests).iter().zip(told(&whole, &requests)).zip(&requests) {
            let target = String::from_utf8_lossy(&request.target);
            assert!(*part == whole, "{}: {host}{target}\npart  {part}\nwhole {whole}", path.display());
        }
    }
}

#[test]
fn a_part_answers_as_the_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut own, mut larger) = (vec![root.join("examples/shop/ingress.yaml")], Vec::new());
    manifests(&root.join("tests/recorded"), &mut own);
    manifests(&root.join("tests/traffic/scenarios"), &mut own);
    manifests(&root.join("../shared/reference/cases"), &mut larger);
    let step = if std::env::var_os("INGRESSC_ALL_CASES").is_some() { 1 } else { STEP };
    assert!(own.len() > 300, "the recorded inputs are there");
    own.into_iter().chain(larger.into_iter().step_by(step)).collect::<Vec<_>>().par_iter().for_each(|path| compare(path));
}
