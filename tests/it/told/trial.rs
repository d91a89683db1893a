//! What the controller is asked for with one name and without it.

use ingressc::diagnostic::Diagnostic;
use ingressc::emit::{self, OutputFile};
use ingressc::ir::Proxy;

use crate::cluster;

/// The products that are not the controller.
pub const OTHERS: [&str; 2] = ["nginx", "haproxy"];

/// What the manifests ask of a proxy.
pub fn proxy(manifests: &[&str], arguments: &[&str]) -> Proxy {
    let names: Vec<String> = (0..manifests.len()).map(|number| format!("{number}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(manifests.iter().copied()).collect();
    cluster::lower(&files, arguments).0
}

/// What a target writes, and what it says that it does not do.
pub struct Made {
    files: Vec<OutputFile>,
    pub findings: Vec<Diagnostic>,
}

pub fn made(target: &str, proxy: &Proxy) -> Made {
    let mut options = emit::Options::default();
    options.haproxy.lua = true;
    let rendered = emit::find(target).expect("it is there").render(proxy, &options);
    let is_told = |finding: &Diagnostic| ["not-expressible", "expressed-differently", "unfit-value"].contains(&finding.rule);
    Made { files: rendered.value, findings: rendered.diagnostics.into_iter().filter(is_told).collect() }
}

/// What the controller is asked for with a name and without it; others that it needs are there both times.
pub struct Trial {
    pub name: &'static str,
    pub others: Vec<&'static str>,
    pub without: Proxy,
    pub with: Proxy,
}

/// Names that act only together with others, by how they begin.
pub type Companions = &'static [(&'static str, &'static [(&'static str, &'static str)])];

/// The companions of a name.
pub fn others(name: &str, companions: Companions) -> Vec<(&'static str, &'static str)> {
    let others = companions.iter().filter(|(prefix, _)| name.starts_with(prefix)).flat_map(|(_, others)| *others);
    others.copied().filter(|(other, _)| *other != name).collect()
}

impl Trial {
    /// Tries a value of a name beside the companions of the name.
    pub fn of(name: &'static str, value: &str, companions: Companions, proxy: impl Fn(&[(&str, &str)]) -> Proxy) -> Self {
        let others = others(name, companions);
        let with: Vec<_> = others.iter().copied().chain([(name, value)]).collect();
        Self { name, without: proxy(&others), with: proxy(&with), others: others.iter().map(|(other, _)| *other).collect() }
    }

    /// Whether the controller does something else because of it. How it finds endpoints, whom it knows by a password and which
    /// connections it passes on unopened is in no file of its configuration: there another product shows it.
    pub fn has_effect(&self) -> bool {
        let (without, with) = (&self.without, &self.with);
        without.upstreams != with.upstreams
            || ["ingress-nginx", "nginx", "haproxy"].iter().any(|target| made(target, without).files != made(target, with).files)
    }

    /// Whether a target does something else as well, or says that it does not. What needs something that is lost is lost with it.
    pub fn is_seen(&self, target: &str) -> bool {
        let (without, with) = (made(target, &self.without), made(target, &self.with));
        let is_about =
            |name: &str, finding: &Diagnostic| finding.subject.as_deref().and_then(|subject| subject.rsplit('/').next()) == Some(name);
        let names = |name: &str, made: &Made| made.findings.iter().any(|finding| is_about(name, finding));
        without.files != with.files || names(self.name, &with) || self.others.iter().any(|other| names(other, &without))
    }

    /// Whether the controller does something that a target neither does nor tells.
    pub fn is_passed_over(&self, target: &str) -> bool {
        self.has_effect() && !self.is_seen(target)
    }
}
