//! What the controller logs about an Ingress and an annotation is the least that must be found: for each such line of the logs of
//! the reference there is a finding on that Ingress and annotation.
//!
//! Of 1.15.1, the truth of each case has a `controller.log`.

use std::fs;
use std::path::{Path, PathBuf};

use ingressc::catalog::features;
use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::diagnostic::{Diagnostic, ObjectRef};
use ingressc::emit;
use ingressc::lint::{self, Judgement, Subject};
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest::{self, Cluster, Object};
use ingressc::source::SourceMap;
use jiff::Timestamp;
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use libtest_mimic::Trial;
use rayon::prelude::*;

use crate::need::{self, Need, trial};

/// Lines of the log that name an annotation in other words: a part of the line, and the annotations that it is about. An ending `-`
/// stands for any ending.
const OTHER_WORDS: &[(&str, &[&str])] = &[
    ("name=\"Allowlist\"", &["allowlist-source-range"]),
    ("name=\"BasicDigestAuth\"", &["auth-secret", "auth-type", "auth-secret-type", "auth-realm"]),
    ("name=\"CertificateAuth\"", &["auth-tls-"]),
    ("name=\"CustomHeaders\"", &["custom-headers"]),
    ("name=\"Denylist\"", &["denylist-source-range"]),
    ("name=\"ExternalAuth\"", &["auth-"]),
    ("name=\"FastCGI\"", &["fastcgi-"]),
    ("name=\"ProxySSL\"", &["proxy-ssl-"]),
    ("group ConfigurationSnippet", &["configuration-snippet"]),
    ("group ExternalAuth", &["auth-"]),
    ("group ModSecurity", &["modsecurity-snippet"]),
    ("group ServerSnippet", &["server-snippet"]),
    ("group StreamSnippet", &["stream-snippet"]),
    ("Aliases already configured", &["server-alias"]),
    ("Server snippet already configured", &["server-snippet"]),
    ("Ignoring SSL Passthrough", &["ssl-passthrough"]),
    ("Skipping creation of redirection", &["from-to-www-redirect"]),
    ("does not contains a CN", &["from-to-www-redirect"]),
    ("keepalive is not supported with HTTP/1.0", &["proxy-http-version"]),
    ("as HTTP redirect code", &["permanent-redirect-code", "temporal-redirect-code"]),
    ("Supplied incorrect origin", &["cors-allow-origin"]),
    ("Custom default backend service", &["default-backend"]),
    ("annotation contains invalid word", &[""]),
    ("fcgi annotation error", &["fastcgi-params-configmap"]),
    ("is not a valid http code", &["custom-http-errors"]),
    ("Using HTTP as protocol", &["backend-protocol"]),
];

/// A name without its prefix. An Ingress can have the name of an annotation, but no namespace looks like a prefix.
fn bare(word: &str) -> Option<&str> {
    word.rsplit_once('/').map_or(Some(word), |(prefix, name)| prefix.contains('.').then_some(name))
}

/// What one line is about.
#[derive(Debug)]
struct Complaint {
    /// `namespace/name`; none where the line names no Ingress, and thus any may be meant.
    ingress: Option<String>,
    /// The names without prefix; empty where the line names no annotation.
    annotations: Vec<&'static str>,
}

impl Complaint {
    fn of(line: &str) -> Self {
        let other = OTHER_WORDS.iter().find(|(words, _)| line.contains(words)).map(|(_, names)| names.to_vec());
        let is_end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.'));
        // A value can be the name of an annotation as well: the first one counts.
        let named = line.split(is_end).find_map(|word| features::find(bare(word)?)).map(|spec| vec![spec.name]).unwrap_or_default();
        let annotations = if named.is_empty() { other.unwrap_or_default() } else { named };
        let ingress = ["on ingress ", "ingress=\"", "(Ingress \"", "skipping ingress ", "in Ingress "].iter().find_map(|before| {
            let rest = line.split_once(before)?.1;
            rest.split([':', '"', ' ']).next().filter(|name| name.contains('/')).map(str::to_owned)
        });
        Self { ingress, annotations }
    }

    fn is_about(&self, ingress: &ObjectRef, name: &str) -> bool {
        let name = name.rsplit('/').next().unwrap_or(name);
        let name = features::find(name).map_or(name, |spec| spec.name);
        let fits = |wanted: &&str| **wanted == *name || wanted.is_empty() || wanted.ends_with('-') && name.starts_with(*wanted);
        let is_meant = self.ingress.as_ref().is_none_or(|meant| *meant == format!("{}/{}", ingress.namespace, ingress.name));
        is_meant && self.annotations.iter().any(fits)
    }

    /// The controller complains about what it has merged as well: of what no Ingress says, nothing is to be found.
    fn has_a_cause(&self, cluster: &Cluster) -> bool {
        let annotations = |object: &Object<Ingress>| object.value.metadata.annotations.clone().unwrap_or_default();
        cluster.ingresses.iter().any(|object| annotations(object).keys().any(|name| self.is_about(&object.reference, name)))
    }

    fn is_found_by(&self, finding: &Diagnostic) -> bool {
        let object = finding.object.as_ref().filter(|object| object.kind == "Ingress");
        object.zip(finding.subject.as_ref()).is_some_and(|(object, subject)| self.is_about(object, subject))
    }
}

/// The objects of a case, and the controller that serves them.
fn load(case: &Path) -> (Cluster, Controller) {
    let text = fs::read_to_string(case).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
    let arguments = text.lines().next().and_then(|line| line.strip_prefix("# flags:")).unwrap_or_default();
    let mut flags = Flags::parse(LATEST, arguments.split_whitespace().map(|argument| (argument, None))).value;
    let mut sources = SourceMap::default();
    sources.add("case.yaml", text.as_str());
    let cluster = manifest::load(&mut sources).value;
    let usual = cluster.config_maps.iter().map(|map| format!("{}/{}", map.reference.namespace, map.reference.name));
    if let Some(usual) = usual.into_iter().find(|name| name == "ingress-nginx/ingress-nginx-controller" && flags.configmap.is_empty()) {
        flags.configmap = usual;
    }
    (cluster, Controller { version: LATEST, flags, environment: Environment::default() })
}

/// What is found in the objects.
fn check(cluster: &Cluster, controller: &Controller) -> Vec<Diagnostic> {
    let lowered = lower::lower(cluster, controller);
    let mut found = lowered.diagnostics;
    let rendered = emit::find("ingress-nginx").map(|target| target.render(&lowered.value, &emit::Options::default())).unwrap_or_default();
    let judgement =
        Judgement::of(&lowered.value, |_, reader| rendered.value.iter().for_each(|file| reader.take(&file.name, &file.content)));
    found.extend(lint::check(&Subject { cluster, controller, proxy: &lowered.value, judgement: &judgement, now: None }));
    found
}

/// What is found where one Ingress after the other is the youngest. The logs hold what the webhook says as well, and to it the
/// Ingress that it is asked about is younger than all others.
fn check_as_the_webhook(cluster: &mut Cluster, controller: &Controller) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for at in 0..cluster.ingresses.len() {
        let age = cluster.ingresses[at].value.metadata.creation_timestamp.replace(Time(Timestamp::MAX));
        found.extend(check(cluster, controller));
        cluster.ingresses[at].value.metadata.creation_timestamp = age;
    }
    found
}

/// All logs that say something, and the objects that they are about.
fn cases(reference: &Path) -> Vec<(PathBuf, PathBuf)> {
    let folders =
        |folder: &Path| -> Vec<PathBuf> { fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect() };
    let mut cases = Vec::new();
    for group in folders(&reference.join("1.15.1")) {
        for case in folders(&group) {
            let name = case.strip_prefix(reference.join("1.15.1")).expect("it was listed there").display();
            cases.push((case.join("controller.log"), reference.join(format!("cases/{name}.yaml"))));
        }
    }
    cases.sort();
    cases
}

fn what_the_controller_logs_about_an_annotation_is_found() {
    let reference = need::reference();
    let missed = |(log, objects): &(PathBuf, PathBuf)| {
        let log = fs::read_to_string(log).unwrap_or_default();
        let complaints = log.lines().map(|line| (line, Complaint::of(line))).filter(|(_, complaint)| !complaint.annotations.is_empty());
        let mut complaints: Vec<_> = complaints.collect();
        let (mut cluster, controller) = load(objects);
        complaints.retain(|(_, complaint)| complaint.has_a_cause(&cluster));
        let about = complaints.len();
        let mut drop_found = |found: Vec<Diagnostic>| {
            complaints.retain(|(_, complaint)| !found.iter().any(|finding| complaint.is_found_by(finding)));
            complaints.is_empty()
        };
        if about > 0 && !drop_found(check(&cluster, &controller)) {
            drop_found(check_as_the_webhook(&mut cluster, &controller));
        }
        let missed = complaints.iter().map(|(line, _)| format!("{}: {line}", objects.display())).collect();
        (log.lines().count(), about, missed)
    };
    let counted: Vec<(usize, usize, Vec<String>)> = cases(&reference).par_iter().map(missed).collect();
    let lines: usize = counted.iter().map(|(lines, _, _)| lines).sum();
    let about: usize = counted.iter().map(|(_, about, _)| about).sum();
    let missed: Vec<String> = counted.into_iter().flat_map(|(_, _, missed)| missed).collect();
    println!("{lines} lines in the logs, {about} about an annotation, {} of them without a finding", missed.len());
    assert!(about > 0, "no line was understood");
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

pub fn trials() -> Vec<Trial> {
    let name = "controller_log::what_the_controller_logs_about_an_annotation_is_found";
    vec![trial(name, &[Need::Reference], what_the_controller_logs_about_an_annotation_is_found)]
}
