//! Manifests to all that comes of them.

use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::diagnostic::Diagnostic;
use ingressc::emit::{HaproxyOptions, NginxOptions, Options, OutputFile, TARGETS};
use ingressc::lint::{self, Judgement, Subject};
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::output::Paint;
use ingressc::output::findings::{Findings, github, json, junit, sarif, summary};
use ingressc::source::SourceMap;

/// What one target makes of manifests.
pub struct Made {
    pub target: &'static str,
    pub files: Vec<OutputFile>,
}

/// All that comes of manifests: files, those with secrets too, and reports in all formats.
pub struct All {
    pub made: Vec<Made>,
    pub reports: Vec<String>,
    pub findings: Vec<Diagnostic>,
}

impl All {
    /// With all options of the targets.
    pub fn of(text: &str) -> Self {
        Self::with(text, &[false, true])
    }

    /// With the options that are told: none, or those that make more of a target.
    pub fn with(text: &str, riches: &[bool]) -> Self {
        let mut sources = SourceMap::default();
        sources.add("in.yaml", text);
        let flags = Flags::parse(LATEST, [("--configmap=shop/settings", None)]).value;
        let controller = Controller { version: LATEST, flags, environment: Environment::default() };
        let cluster = manifest::load(&mut sources);
        let mut proxy = lower::lower(&cluster.value, &controller);
        proxy.value.secrets = lower::secrets(&cluster.value, &proxy.value);
        let mut findings = [cluster.diagnostics, proxy.diagnostics].concat();
        let mut made = Vec::new();
        for target in TARGETS {
            for &is_rich in riches {
                let options = Options {
                    nginx: NginxOptions { splits_hosts: is_rich, ..NginxOptions::default() },
                    haproxy: HaproxyOptions { lua: is_rich, ..HaproxyOptions::default() },
                };
                let rendered = target.render(&proxy.value, &options);
                findings.extend(rendered.diagnostics);
                if is_rich == riches[0] {
                    let files = &rendered.value;
                    let judgement =
                        Judgement::of(&proxy.value, |_, reader| files.iter().for_each(|file| reader.take(&file.name, &file.content)));
                    let subject =
                        Subject { cluster: &cluster.value, controller: &controller, proxy: &proxy.value, judgement: &judgement, now: None };
                    findings.extend(lint::check(&subject));
                }
                made.push(Made { target: target.name(), files: rendered.value });
            }
        }
        let reports = reports(&findings, &sources);
        Self { made, reports, findings }
    }
}

/// Findings as people and machines read them.
fn reports(findings: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    let report = Findings::new(findings, sources);
    let json = json::report(&report).expect("findings are JSON");
    let sarif = sarif::report(&report).expect("findings are JSON");
    vec![summary::report(&report, false, Paint::default()), json, sarif, github::report(&report), junit::report(&report)]
}
