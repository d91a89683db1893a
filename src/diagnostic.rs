//! What the compiler has to say about its input: data only, no words about terminals, and no credentials.

use std::borrow::Cow;

use crate::credentials;
use crate::source::{SourceMap, Span};

/// How many more there are of something, in words: `1 more place`, `3 more places`.
#[must_use]
pub fn more(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} more {what}{plural}")
}

/// How many of a list are shown where about so many have room: all of them where one alone would be left out, as to count it takes no less
/// room than to name it.
#[must_use]
pub fn room(all: usize, most: usize) -> usize {
    if all <= most.saturating_add(1) { all } else { most }
}

/// The first of a list, and how many more there are.
#[must_use]
pub fn few(all: &[String], most: usize) -> Vec<String> {
    let shown = room(all.len(), most);
    let more = all.len() - shown;
    all[..shown].iter().cloned().chain((more > 0).then(|| format!("{more} more"))).collect()
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not what was meant.
    Warning,
    /// Wrong, unsafe, or lost.
    Error,
}

/// The fate of the thing that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The annotation or key has no effect.
    AnnotationIgnored,
    /// Something else wins.
    Overridden,
    /// The route answers 503.
    LocationDenied,
    /// The controller does not serve the Ingress.
    IngressDropped,
    /// The admission webhook refuses the object.
    AdmissionDenied,
    /// nginx refuses the configuration, so that every later change is blocked.
    BlocksReload,
    /// A protection vanishes.
    FailsOpen,
    /// The target cannot say this.
    NotExpressible,
    /// No request can ever get there.
    Unreachable,
    /// It could not be read: what it says is not known.
    NotRead,
}

impl Severity {
    /// All of them, the lightest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// The word for this severity in settings and machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Effect {
    /// The word for this fate in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AnnotationIgnored => "annotation-ignored",
            Self::Overridden => "overridden",
            Self::LocationDenied => "location-denied",
            Self::IngressDropped => "ingress-dropped",
            Self::AdmissionDenied => "admission-denied",
            Self::BlocksReload => "blocks-reload",
            Self::FailsOpen => "fails-open",
            Self::NotExpressible => "not-expressible",
            Self::Unreachable => "unreachable",
            Self::NotRead => "not-read",
        }
    }
}

/// The Kubernetes object that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// The kind, as `Ingress`.
    pub kind: String,
    /// The namespace; empty for objects of the cluster.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// Another place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What is to be seen there.
    pub message: String,
    /// The place.
    pub span: Span,
}

impl Label {
    /// Something that explains a finding.
    #[must_use]
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span }
    }
}

/// A change of the manifest that puts a finding right and changes nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// What takes its place, as it is written in the manifest.
    pub text: String,
}

/// What made a part of a configuration what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// An annotation.
    Annotation,
    /// A key of the controller's ConfigMap.
    Setting,
    /// An argument of the controller.
    Argument,
    /// A host, path or backend of an Ingress, or another object.
    Object,
    /// Another release of the controller.
    Release,
    /// What the controller does where nobody says anything.
    Default,
    /// Nothing in the manifests declares it.
    Nothing,
}

impl Reason {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Annotation => "annotation",
            Self::Setting => "setting",
            Self::Argument => "argument",
            Self::Object => "object",
            Self::Release => "release",
            Self::Default => "default",
            Self::Nothing => "nothing",
        }
    }
}

/// Why a part of a configuration is as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What made it so.
    pub reason: Reason,
    /// The same in words, without the place.
    pub message: String,
    /// The annotation, key, argument, path or host.
    pub subject: String,
    /// The object that holds it, or that would hold it.
    pub object: Option<ObjectRef>,
    /// Where it stands, or where it would.
    pub span: Option<Span>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Name of the rule, kebab-case.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The fate of the subject, if it has one.
    pub effect: Option<Effect>,
    /// What is wrong: lower case, no full stop, literals in backticks.
    pub message: String,
    /// The object that it is about.
    pub object: Option<ObjectRef>,
    /// The annotation, key, path or host that it is about.
    pub subject: Option<String>,
    /// The place.
    pub span: Option<Span>,
    /// The line of the value at the place that it is about, where the value has several.
    pub within: Option<String>,
    /// Other places.
    pub related: Vec<Label>,
    /// Why it matters.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// The change that does what the help says, where there is only one.
    pub fix: Option<Fix>,
    /// Nobody has to act on it: it is shown to whoever asks for more.
    pub on_demand: bool,
    /// It tells what the input does not hold, and nothing of who reads it.
    pub is_about_input: bool,
    /// The key of the ConfigMap that would settle it, where the input does not hold the ConfigMap.
    pub hinge: Option<&'static str>,
    /// Objects of several namespaces meet in it.
    pub is_of_several_namespaces: bool,
}

impl Diagnostic {
    /// A finding of a rule; everything else is added with the methods below.
    #[must_use]
    pub fn new(severity: Severity, rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity,
            effect: None,
            message: shown(message),
            object: None,
            subject: None,
            span: None,
            within: None,
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            on_demand: false,
            is_about_input: false,
            hinge: None,
            is_of_several_namespaces: false,
        }
    }

    /// An error.
    #[must_use]
    pub fn error(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, rule, message)
    }

    /// A warning.
    #[must_use]
    pub fn warning(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, rule, message)
    }

    /// An information.
    #[must_use]
    pub fn info(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, rule, message)
    }

    /// Points at a place.
    #[must_use]
    pub fn at(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = span.into();
        self
    }

    /// Points at a line of the value there.
    #[must_use]
    pub fn within(mut self, line: impl Into<String>) -> Self {
        self.within = Some(line.into());
        self
    }

    /// Narrows the place down to the line that it is about, if that stands there once and as it is. A fix of that line goes with it, and is
    /// dropped where the line is not found.
    pub fn narrow(&mut self, sources: &SourceMap) {
        let (Some(span), Some(text)) = (self.span, self.within.take()) else { return };
        let fix = self.fix.take_if(|fix| fix.span == span);
        let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty()) else { return };
        let range = span.range();
        let Some(written) = sources.file(span.file).text.get(range.clone()) else { return };
        if let Some(at) = written.find(line).filter(|at| !written[at + line.len()..].contains(line)) {
            let line = Span::new(span.file, range.start + at..range.start + at + line.len());
            self.span = Some(line);
            self.fix = self.fix.take().or_else(|| fix.map(|fix| Fix { span: line, ..fix }));
        }
    }

    /// Names the fate.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Names the object, where it is known.
    #[must_use]
    pub fn object(mut self, object: impl Into<Option<ObjectRef>>) -> Self {
        self.object = object.into().or(self.object);
        self
    }

    /// Names the annotation, key, path or host.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(shown(subject));
        self
    }

    /// Adds another place, where there is one.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, span: impl Into<Option<Span>>) -> Self {
        self.related.extend(span.into().map(|span| Label::new(shown(message), span)));
        self
    }

    /// Adds why it matters.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(shown(note));
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shown(help));
        self
    }

    /// It tells what the input does not hold, and nothing of who reads it.
    #[must_use]
    pub fn about_input(mut self) -> Self {
        self.is_about_input = true;
        self
    }

    /// Names the key of the ConfigMap that would settle it, where the input does not hold the ConfigMap.
    #[must_use]
    pub fn hinging_on(mut self, key: &'static str) -> Self {
        self.hinge = Some(key);
        self
    }

    /// Says whether objects of several namespaces meet in it.
    #[must_use]
    pub fn of_several_namespaces(mut self, are_several: bool) -> Self {
        self.is_of_several_namespaces = are_several;
        self
    }

    /// Shows it only to whoever asks for more.
    #[must_use]
    pub fn on_demand(mut self) -> Self {
        self.on_demand = true;
        self
    }

    /// Adds the change that does what the help says.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, text: text.into() });
        self
    }
}

/// A text that may hold values of the input, without the secrets among them.
fn shown(text: impl Into<String>) -> String {
    let text = text.into();
    match credentials::hide(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => shown,
    }
}

/// A result that is always there, and what was found on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome<T> {
    /// The result.
    pub value: T,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_is_named() {
        let names = |count: usize| (0..count).map(|at| at.to_string()).collect::<Vec<_>>();
        assert_eq!(few(&names(0), 3), names(0));
        assert_eq!(few(&names(4), 3), names(4));
        assert_eq!(few(&names(5), 3), ["0", "1", "2", "2 more"]);
    }
}
