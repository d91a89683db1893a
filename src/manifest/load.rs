//! All files to one set of objects: in parallel, and in an order that does not depend on how they were named.

use std::ops::Range;

use rayon::prelude::*;

use super::cluster::{Cluster, join};
use super::encoding;
use super::intake::{Intake, Stranger};
use super::secrecy::{self, Form, Seen};
use super::take::is_relevant;
use super::{json, kustomize, makers, split, yaml};
use crate::diagnostic::{self, Diagnostic, Effect, Outcome};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// Documents that one task reads, so that many small ones cost no more than a few large ones.
const BATCH: usize = 64;

/// Reads all objects of all sources. Where two documents declare the same object, the last one counts, in the order of the names
/// of the files.
#[must_use]
pub fn load(sources: &mut SourceMap) -> Outcome<Cluster> {
    let mut files: Vec<(FileId, &SourceFile)> = sources.files().collect();
    files.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    let kustomized = kustomize::find(&files);
    files.retain(|(id, _)| !kustomized.left_out.contains(id));
    let intakes: Vec<Intake> = files.into_par_iter().map(|(id, file)| read_file(&Source::of(id, file))).collect();

    let Intake { mut cluster, mut findings, hidden, .. } = join_intakes(intakes);
    hidden.into_iter().for_each(|span| sources.hide(span));
    findings.iter_mut().filter(|finding| finding.span.is_some_and(|span| sources.is_hidden(span))).for_each(secrecy::silence);
    cluster.settle(&mut findings);
    findings.extend(kustomized.finding);
    Outcome { value: cluster, diagnostics: findings }
}

/// A file while it is read.
#[derive(Clone, Copy)]
struct Source<'a> {
    file: FileId,
    text: &'a str,
    /// Nobody named it.
    is_met: bool,
    /// Bytes that are no text.
    broken: &'a [(u32, u8)],
}

impl<'a> Source<'a> {
    fn of(file: FileId, source: &'a SourceFile) -> Self {
        Self { file, text: &source.text, is_met: source.is_met, broken: &source.broken }
    }

    /// The bytes that are no text in a part of it.
    fn broken_in(&self, range: &Range<usize>) -> &'a [(u32, u8)] {
        let at = |offset: usize| self.broken.partition_point(|(at, _)| (*at as usize) < offset);
        &self.broken[at(range.start)..at(range.end)]
    }
}

/// Whether a text says nowhere that it is a Kubernetes object.
fn is_foreign(text: &str) -> bool {
    let holds = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    !holds("apiVersion") && !holds("kind")
}

fn read_file(source: &Source) -> Intake {
    let Source { file, text, is_met, .. } = *source;
    if is_met && is_foreign(text) {
        return Intake::default();
    }
    let head = text.trim_start();
    // A template often starts with a condition in two braces.
    let is_json = head.starts_with('{') && !head.starts_with("{{");
    let part = if is_json { read_json(source) } else { read_yaml(source, 0) };
    let mut whole = part.finish(file);
    whole.cluster.files = 1;
    let start = |span: Span| Span { end: span.start, ..span };
    fold_placeholders(&mut whole.findings);
    if let Some(span) = whole.template.take() {
        let finding =
            Diagnostic::error("helm-template", "this is a template, not a manifest: it is left out").at(span).effect(Effect::NotRead);
        whole.findings.push(finding.help("render it first, as with `helm template . | ingressc check -`, or let `--build` do it"));
        whole.stranger = None;
    }
    if let Some(Stranger { span, .. }) = whole.stranger.take().filter(|stranger| !is_met || stranger.is_like_an_object) {
        let finding = Diagnostic::warning("not-a-manifest", "this is no Kubernetes object: it has no `kind`").at(start(span));
        whole.findings.push(finding);
    }
    whole
}

/// One remark a file for what another tool fills in.
fn fold_placeholders(findings: &mut Vec<Diagnostic>) {
    let is_one = |finding: &Diagnostic| finding.rule == "placeholder";
    let more = findings.iter().filter(|finding| is_one(finding)).count().saturating_sub(1);
    let mut is_first = true;
    findings.retain(|finding| !is_one(finding) || std::mem::take(&mut is_first));
    if let Some(first) = findings.iter_mut().find(|finding| is_one(finding)).filter(|_| more > 0) {
        first.notes.push(format!("the same holds for {} of this file", diagnostic::more(more, "place")));
    }
}

/// Reads a text as kubectl does that begins like JSON: as one JSON value after another, and as YAML from where it is no JSON, but
/// not behind two values.
fn read_json(source: &Source) -> Part {
    let Source { file, text, .. } = *source;
    let mut part = Part::default();
    part.intake.findings.extend(encoding::in_json(file, source.broken));
    let mut values = Vec::new();
    let broken = json::read(file, text, &mut values, &mut part.intake.findings).err();
    part.documents = values.iter().map(|value| Seen::of(text, value.span.range(), value, &mut part.hidden)).collect();
    let is_json = values.len() > 1;
    values.into_iter().for_each(|value| part.intake.take(value));
    let Some(json::Broken { refusal, from }) = broken else { return part };
    let rest = &text[from..];
    let blanks = rest.find(|character: char| !character.is_whitespace() || character == '\n').unwrap_or(rest.len());
    let from = from + blanks + usize::from(rest[blanks..].starts_with('\n'));
    let yaml = if is_json { None } else { Some(read_yaml(source, from)) };
    match yaml.filter(|yaml| yaml.documents.first().is_some_and(|first| first.form != Form::Broken)) {
        Some(yaml) => part = Part::join(vec![part, yaml]),
        None => {
            part.intake.findings.push(refusal.effect(Effect::NotRead));
            part.documents.push(Seen::without_tree(text, 0..text.len(), Form::Broken));
        }
    }
    part
}

fn read_yaml(source: &Source, from: usize) -> Part {
    let text = source.text;
    let documents = split::documents(&text[from..]);
    let read = |ranges: &[Range<usize>]| {
        let mut part = Part::default();
        for range in ranges {
            let (range, is_first) = (from + range.start..from + range.end, range.start == 0);
            match memchr::memmem::find(text[range.clone()].as_bytes(), b"{{") {
                Some(braces) => part = Part::join(vec![part, read_template(source, range, is_first, braces)]),
                None => {
                    let seen = read_document(&mut part, source, range, is_first);
                    part.documents.push(seen);
                }
            }
        }
        part
    };
    Part::join(documents.par_chunks(BATCH).map(read).collect())
}

/// What was read of some of the documents of a file.
#[derive(Default)]
struct Part {
    intake: Intake,
    documents: Vec<Seen>,
    /// Items of lists that may be Secrets.
    hidden: Vec<Range<usize>>,
}

impl Part {
    fn join(parts: Vec<Self>) -> Self {
        let (mut intakes, mut documents, mut hidden) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            intakes.push(part.intake);
            documents.push(part.documents);
            hidden.push(part.hidden);
        }
        let mut all = Self { intake: join_intakes(intakes), ..Self::default() };
        join(&mut all.documents, documents);
        join(&mut all.hidden, hidden);
        all
    }

    /// What was read, when it is known what must be hidden.
    fn finish(mut self, file: FileId) -> Intake {
        self.hidden.extend(secrecy::hidden(&self.documents));
        self.intake.hidden.extend(self.hidden.into_iter().map(|range| Span::new(file, range)));
        self.intake
    }
}

/// Reads a document that may be a template: such a one is no YAML, and of what comes of reading it all the same, nothing is worth saying.
fn read_template(source: &Source, range: Range<usize>, is_first: bool, braces: usize) -> Part {
    let Source { file, text, .. } = *source;
    let mut own = Part::default();
    let seen = read_document(&mut own, source, range.clone(), is_first);
    own.documents.push(seen);
    let is_template = own.intake.stranger.is_some() || own.intake.findings.iter().any(|finding| is_of_template(finding, text));
    if is_template {
        let at = range.start + braces;
        own.intake = Intake { hidden: own.intake.hidden, template: Some(Span::new(file, at..at + 2)), ..Intake::default() };
    }
    own
}

/// Whether a finding comes from the braces of a template in the document.
fn is_of_template(finding: &Diagnostic, text: &str) -> bool {
    let is_about_form = matches!(finding.rule, "yaml-syntax" | "bad-key" | "wrong-type" | "duplicate-key" | "bad-merge" | "missing-name");
    let Some(span) = finding.span.filter(|_| is_about_form) else { return false };
    let line = text.get(..span.range().start).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
    // A parser notices a template at its braces or on one of the lines that follow.
    let behind = text.get(..span.range().end).map_or(text.len(), str::len);
    let before = text[..line].rmatch_indices('\n').nth(3).map_or(0, |(at, _)| at);
    text.get(before..).and_then(|rest| rest.get(..(behind - before + 200).min(rest.len()))).is_none_or(|near| near.contains("{{"))
}

fn read_document(part: &mut Part, source: &Source, range: Range<usize>, is_first: bool) -> Seen {
    let Source { file, text, .. } = *source;
    let document = &text[range.clone()];
    let intake = &mut part.intake;
    if let Some(behind) = split::behind_dashes(document) {
        let span = Span::new(file, range.start + behind..range.start + behind);
        let finding = Diagnostic::error("yaml-syntax", "kubectl reads nothing but a comment behind `---`").at(span);
        let finding = finding.effect(Effect::NotRead);
        intake.findings.push(finding.help("write the document on the lines below"));
        return Seen::without_tree(text, range, Form::Broken);
    }
    if let Some(kind) = split::plain_kind(document).filter(|kind| !is_relevant(kind) && !makers::may_count(kind, document)) {
        if memchr::memmem::find(document.as_bytes(), b"apiVersion").is_some() {
            intake.cluster.count_unread(kind.to_owned());
        }
        return Seen::without_tree(text, range, Form::Unread);
    }
    let content = range.start + split::content(document, is_first)..range.end;
    let yaml::Document { root, end } = match yaml::read(file, text, content, &mut intake.findings) {
        Ok(document) => document,
        Err(refusal) => {
            intake.findings.push(refusal.effect(Effect::NotRead));
            return Seen::without_tree(text, range, Form::Broken);
        }
    };
    if let Some(behind) = split::behind_end(&text[..range.end], end) {
        let finding = Diagnostic::warning("lost-document", "kubectl reads one document up to the next line `---`: the rest is lost");
        intake.findings.push(finding.at(Span::new(file, behind..behind)).help("write `---` before it"));
    }
    let broken = source.broken_in(&range);
    let Some(node) = root else {
        intake.findings.extend(encoding::in_comment(file, broken));
        return Seen::without_tree(text, range, Form::Other);
    };
    let seen = Seen::of(text, range, &node, &mut part.hidden);
    if !broken.is_empty() && encoding::holds_mark(&node) {
        intake.findings.extend(encoding::in_value(file, broken));
        return seen;
    }
    intake.findings.extend(encoding::in_comment(file, broken));
    intake.take(node);
    seen
}

/// What several parts hold, in their order.
fn join_intakes(intakes: Vec<Intake>) -> Intake {
    let mut all = Intake::default();
    let (mut clusters, mut findings, mut hidden) = (Vec::new(), Vec::new(), Vec::new());
    for intake in intakes {
        clusters.push(intake.cluster);
        findings.push(intake.findings);
        hidden.push(intake.hidden);
        all.stranger = all.stranger.or(intake.stranger);
        all.template = all.template.or(intake.template);
    }
    all.cluster.append(clusters);
    join(&mut all.findings, findings);
    join(&mut all.hidden, hidden);
    all
}
