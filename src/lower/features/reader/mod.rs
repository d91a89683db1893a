//! The only door from the text of an annotation to a typed value.
//!
//! What a bad value comes to is in the catalog; the reader acts on it and says so. A feature ends early with a [`Stop`].

mod idle;

use std::fmt::Display;

use k8s_openapi::api::networking::v1::Ingress;

use crate::catalog::features;
use crate::catalog::key::{Fate, Key, Risk, Source, Spec, Value};
use crate::catalog::releases::RISK_OF_ALIASES;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::{Asked, Origin};
use crate::lower::webhook;
use crate::lower::world::World;
use crate::manifest::Object;
use crate::source::Span;

/// Why an object of another namespace is not looked at.
const OF_OTHERS: &str = "the settings do not allow objects of other namespaces (`allow-cross-namespace-resources`)";

/// What to do about it.
const ALLOW_OTHERS: &str =
    "name an object of the Ingress's own namespace, or set `allow-cross-namespace-resources: \"true\"` in the controller's ConfigMap";

/// Why nothing more is read of a feature.
#[derive(Debug, PartialEq)]
pub(in crate::lower) enum Stop {
    /// The feature is not there.
    Absent,
    /// The paths answer 503, for this reason.
    Denied(Asked<String>),
    /// The Ingress is not served.
    Rejected,
}

/// Why an annotation has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lower) enum Problem {
    /// It is not there.
    Missing,
    /// The controller's check refuses it.
    Refused,
    /// It is empty, or cannot be read although the check let it pass or is switched off.
    Unreadable,
}

/// An annotation of the object that the catalog knows.
struct Present<'a> {
    spec: &'static Spec,
    /// The name, with the prefix.
    name: &'a str,
    value: &'a str,
    /// The name is an older one.
    is_alias: bool,
}

/// Reads the annotations of one Ingress.
pub(in crate::lower) struct Reader<'a> {
    /// Where other objects and the settings are found.
    pub(super) world: &'a World<'a>,
    /// The Ingress.
    pub(super) object: &'a Object<Ingress>,
    present: Vec<Present<'a>>,
    findings: Vec<Diagnostic>,
    denied: Option<Asked<String>>,
    is_rejected: bool,
}

/// What a reader found out besides the values.
pub(in crate::lower) struct Verdict {
    /// Why the paths answer 503.
    pub(in crate::lower) denied: Option<Asked<String>>,
    /// The Ingress is not served.
    pub(in crate::lower) is_rejected: bool,
    /// What was found on the way.
    pub(in crate::lower) findings: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// Looks up the annotations of an Ingress in the catalog, and judges their risk.
    pub(in crate::lower) fn new(object: &'a Object<Ingress>, world: &'a World<'a>) -> Self {
        let mut reader = Self { world, object, present: Vec::new(), findings: Vec::new(), denied: None, is_rejected: false };
        let allowed = Risk::of_word(&world.settings.policy.max_risk);
        let version = world.controller.version;
        for (name, value) in object.value.metadata.annotations.iter().flatten() {
            let short = reader.without_prefix(name);
            let Some(spec) = features::find_in(short.unwrap_or(name), version) else { continue };
            if !spec.is_known_to(version) {
                if short.is_some() {
                    reader.too_new(spec, name);
                }
                continue;
            }
            // Quirk: names without the prefix have no effect, and yet are judged.
            let is_judged = short.unwrap_or(name) == spec.name || RISK_OF_ALIASES.holds(version);
            if is_judged && spec.risk > allowed {
                reader.too_risky(spec, name, allowed);
            }
            if short.is_some() {
                let is_alias = short != Some(spec.name);
                reader.present.push(Present { spec, name, value, is_alias });
            }
        }
        reader
    }

    fn without_prefix<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(self.world.controller.flags.annotations_prefix.as_str()).and_then(|name| name.strip_prefix('/'))
    }

    /// The namespace of the Ingress.
    pub(super) fn namespace(&self) -> &'a str {
        &self.object.reference.namespace
    }

    /// The identity that the cluster gave the Ingress; empty if the input has none.
    pub(super) fn uid(&self) -> &'a str {
        self.object.value.metadata.uid.as_deref().unwrap_or_default()
    }

    /// The annotations that were written, with their places.
    pub(in crate::lower) fn causes(&self) -> Vec<(String, Span)> {
        self.present.iter().map(|present| (present.name.to_owned(), self.span(present.name))).collect()
    }

    /// The value of an annotation; none where it is missing, or where its value is bad and ignored for that.
    pub(in crate::lower) fn get<T: Value>(&mut self, key: &'static Key<T>) -> Result<Option<T>, Stop> {
        self.settle(key, None::<&str>)
    }

    /// The value of an annotation, or what applies instead.
    pub(in crate::lower) fn or<T: Value + Display>(&mut self, key: &'static Key<T>, default: T) -> Result<T, Stop> {
        Ok(self.settle(key, Some(&default))?.unwrap_or(default))
    }

    /// The value of an annotation, without a word about bad ones.
    pub(super) fn probe<T: Value>(&mut self, key: &'static Key<T>) -> Result<T, Problem> {
        let at = self.find(&key.spec).ok_or(Problem::Missing)?;
        let value = self.present[at].value;
        if self.world.controller.flags.enable_annotation_validation
            && !value.is_empty()
            && !key.spec.accepts(value, self.world.controller.version)
        {
            return Err(Problem::Refused);
        }
        T::read(value).ok_or(Problem::Unreadable)
    }

    fn settle<T: Value>(&mut self, key: &'static Key<T>, instead: Option<impl Display>) -> Result<Option<T>, Stop> {
        let spec = &key.spec;
        match self.probe(key) {
            Ok(value) => {
                self.misfit(spec);
                Ok(Some(value))
            }
            Err(Problem::Missing) => Ok(None),
            Err(problem) => self.bad_value(spec, problem, instead.map(|instead| instead.to_string())).map(|()| None),
        }
    }

    /// Says of a value that the controller takes that who reads it then does not.
    fn misfit(&mut self, spec: &'static Spec) {
        let value = self.find(spec).map(|at| self.present[at].value).unwrap_or_default();
        let Some(misfit) = spec.fit.and_then(|fit| fit.misfit(value)) else { return };
        let diagnostic = self.about(spec, Fate::Ignored, &misfit.reason).note(format!("`{}` applies instead", misfit.instead));
        self.findings.push(match misfit.meant {
            Some(meant) => diagnostic.help(format!("write `{meant}`")),
            None => diagnostic,
        });
    }

    /// Says that a value is bad, and does what the catalog says about it.
    pub(super) fn bad_value(&mut self, spec: &'static Spec, problem: Problem, instead: Option<String>) -> Result<(), Stop> {
        let value = self.find(spec).map(|at| self.present[at].value).unwrap_or_default();
        let fate = if problem == Problem::Refused { spec.refused } else { spec.unreadable };
        let check = spec.check_in(self.world.controller.version);
        let expected = check.expected();
        let reason = match value {
            "" => format!("it is empty; it must be {expected}"),
            value => format!("it must be {expected}, not `{}`", shown(value)),
        };
        let mut diagnostic = self.about(spec, fate, &reason);
        match check.suggest(value) {
            Some(suggestion) if !suggestion.is_empty() => diagnostic = diagnostic.help(format!("write `{suggestion}`")),
            _ if value.is_empty() => diagnostic = diagnostic.help("remove it, or give it a value"),
            _ => {}
        }
        match instead {
            Some(instead) if matches!(fate, Fate::Ignored | Fate::FailsOpen) && !instead.is_empty() => {
                diagnostic = diagnostic.note(format!("`{instead}` applies instead"));
            }
            _ => {}
        }
        self.findings.push(diagnostic);
        match fate {
            Fate::Ignored | Fate::FailsOpen => Ok(()),
            Fate::FeatureLost | Fate::ProtectionLost => Err(Stop::Absent),
            Fate::LocationDenied => Err(self.denied(spec, format!("annotation {} contains invalid value", spec.name))),
            Fate::IngressDropped => Err(Stop::Rejected),
        }
    }

    /// Says that an annotation is ignored although its check let it pass, and what applies instead.
    pub(super) fn ignore<T>(&mut self, key: &'static Key<T>, reason: &str) {
        let diagnostic = self.about(&key.spec, Fate::Ignored, reason);
        self.findings.push(diagnostic);
    }

    /// Says that an annotation has no effect without an argument of the controller: where the input does not hold the controller, that
    /// is to be looked up.
    pub(super) fn idle<T>(&mut self, key: &'static Key<T>, argument: &str) {
        let message = format!("`{}` has no effect without the argument `{argument}` of the controller", self.written(&key.spec));
        let is_known = !self.world.cluster.controllers.is_empty();
        let diagnostic = match is_known {
            true => Diagnostic::warning("idle-annotation", message).help(format!("give the controller the argument `{argument}`")),
            false => Diagnostic::info("idle-annotation", message)
                .note("the controller is not in the input: its arguments are not known")
                .help(format!("if the controller has it, say `--controller-arg={argument}`")),
        };
        let diagnostic = self.place(diagnostic.effect(Effect::AnnotationIgnored), &key.spec);
        self.findings.push(diagnostic);
    }

    /// Says that what an annotation names is not in the input, so that it is ignored here.
    pub(super) fn absent<T>(&mut self, key: &'static Key<T>, kind: &str, name: &str) {
        let message = format!("`{}` names the {kind} `{name}`, which is not in the input", self.written(&key.spec));
        let absent = Diagnostic::info("absent-object", message).on_demand().effect(Effect::AnnotationIgnored);
        let absent = absent.note("where the cluster does not have it either, the annotation is ignored");
        let diagnostic = self.place(absent, &key.spec);
        self.findings.push(diagnostic);
    }

    /// Says that an annotation is ignored, and with it a protection.
    pub(super) fn fail_open<T>(&mut self, key: &'static Key<T>, reason: &str) {
        let diagnostic = self.about(&key.spec, Fate::FailsOpen, reason);
        self.findings.push(diagnostic);
    }

    /// Gives up a feature because of an annotation.
    pub(super) fn lose<T>(&mut self, key: &'static Key<T>, reason: &str) -> Stop {
        let diagnostic = self.about(&key.spec, Fate::FeatureLost, reason);
        self.findings.push(diagnostic);
        Stop::Absent
    }

    /// Denies the paths because of an annotation.
    pub(super) fn deny<T>(&mut self, key: &'static Key<T>, reason: impl Into<String>) -> Stop {
        let reason = reason.into();
        let diagnostic = self.about(&key.spec, Fate::LocationDenied, &reason);
        self.findings.push(diagnostic);
        self.denied(&key.spec, reason)
    }

    /// Denies the paths because an annotation names an object of another namespace, which the settings do not allow.
    pub(super) fn deny_foreign<T>(&mut self, key: &'static Key<T>) -> Stop {
        let diagnostic = self.about(&key.spec, Fate::LocationDenied, OF_OTHERS).help(ALLOW_OTHERS);
        let diagnostic = self.by_default("allow-cross-namespace-resources", diagnostic);
        self.findings.push(diagnostic);
        self.denied(&key.spec, OF_OTHERS.to_owned())
    }

    /// The same where all that belongs to the annotation is ignored.
    pub(super) fn lose_foreign<T>(&mut self, key: &'static Key<T>) -> Stop {
        let diagnostic = self.about(&key.spec, Fate::FeatureLost, OF_OTHERS).help(ALLOW_OTHERS);
        let diagnostic = self.by_default("allow-cross-namespace-resources", diagnostic);
        self.findings.push(diagnostic);
        Stop::Absent
    }

    fn denied(&self, spec: &'static Spec, reason: String) -> Stop {
        let origin = self.find(spec).map_or(Origin::Default, |at| Origin::Manifest(self.span(self.present[at].name)));
        Stop::Denied(Asked { value: reason, origin })
    }

    /// Denies the paths because of an object that is not in the input. Nobody knows whether the cluster has it.
    pub(super) fn deny_absent<T>(&mut self, key: &'static Key<T>, kind: &str, name: &str) -> Stop {
        let (is_closed, is_sealed) = (self.world.is_closed(kind, name), self.world.is_sealed(kind, name));
        let name = shown(name);
        if is_closed {
            return self.denied(&key.spec, format!("the API server refuses the {kind} `{name}`"));
        }
        if is_sealed {
            return self.denied(&key.spec, format!("the {kind} `{name}` is encrypted"));
        }
        let about = self.about(&key.spec, Fate::LocationDenied, "");
        let absent = Diagnostic::info("absent-object", format!("`{}` names the {kind} `{name}`, which is not in the input", key.spec.name));
        let absent = absent.on_demand().note("where the cluster does not have it either, the paths of the Ingress answer 503");
        let Diagnostic { span, subject, object, effect, .. } = about;
        self.findings.push(Diagnostic { span, subject, object, effect, ..absent });
        self.denied(&key.spec, format!("there is no {kind} `{name}`"))
    }

    /// Refuses the Ingress because of an annotation.
    pub(super) fn reject<T>(&mut self, key: &'static Key<T>, reason: &str) -> Stop {
        let diagnostic = self.about(&key.spec, Fate::IngressDropped, reason);
        self.findings.push(diagnostic);
        Stop::Rejected
    }

    /// The result of a feature; none where it ended early, which is noted.
    pub(in crate::lower) fn section<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Option<T> {
        match read(self) {
            Ok(value) => Some(value),
            Err(Stop::Absent) => None,
            Err(Stop::Denied(reason)) => {
                self.denied.get_or_insert(reason);
                None
            }
            Err(Stop::Rejected) => {
                self.is_rejected = true;
                None
            }
        }
    }

    /// A snippet; none where the settings do not allow snippets.
    pub(in crate::lower) fn snippet(&mut self, key: &'static Key<String>) -> Result<Option<String>, Stop> {
        let snippet = self.get(key)?;
        if snippet.is_none() || self.world.settings.policy.allow_snippets {
            return Ok(snippet);
        }
        // An Ingress that is not served for the sake of this snippet needs no second reason.
        if key.spec.risk > Risk::of_word(&self.world.settings.policy.max_risk) {
            return Ok(None);
        }
        let reason = "the settings do not allow snippets (`allow-snippet-annotations`)";
        let diagnostic = self.about(&key.spec, Fate::Ignored, reason);
        let diagnostic = Diagnostic { severity: Severity::Error, rule: "disabled-snippet", ..diagnostic };
        let words = format!(
            "{} annotation cannot be used. Snippet directives are disabled by the Ingress administrator",
            self.full_name(&key.spec)
        );
        let diagnostic = webhook::quote(diagnostic, &words);
        let diagnostic = self.by_default("allow-snippet-annotations", diagnostic);
        self.findings.push(diagnostic.help("set `allow-snippet-annotations: \"true\"` in the controller's ConfigMap, or do without"));
        Ok(None)
    }

    /// What was found out besides the values.
    pub(in crate::lower) fn finish(mut self) -> Verdict {
        let idle = idle::findings(&self);
        self.findings.extend(idle);
        Verdict { denied: self.denied, is_rejected: self.is_rejected, findings: self.findings }
    }

    /// The annotation that counts. Quirk: an empty one gives way to an older name that has a value.
    fn find(&self, spec: &'static Spec) -> Option<usize> {
        let mut found = None;
        for (at, present) in self.present.iter().enumerate() {
            if std::ptr::eq(present.spec, spec) {
                match present.is_alias {
                    false if !present.value.is_empty() => return Some(at),
                    false if found.is_none() => found = Some(at),
                    true if !present.value.is_empty() => found = Some(at),
                    _ => {}
                }
            }
        }
        found
    }

    fn span(&self, name: &str) -> Span {
        self.object.span(&["metadata", "annotations", name])
    }

    /// The name of an annotation as it is written.
    fn full_name(&self, spec: &'static Spec) -> &str {
        self.find(spec).map_or(spec.name, |at| self.present[at].name)
    }

    /// The name of an annotation as it is written, without the prefix.
    fn written(&self, spec: &'static Spec) -> &str {
        let name = self.full_name(spec);
        self.without_prefix(name).unwrap_or(name)
    }

    /// Where the value of an annotation stands.
    pub(super) fn place_of<T>(&self, key: &'static Key<T>) -> Span {
        self.span(self.full_name(&key.spec))
    }

    fn place(&self, diagnostic: Diagnostic, spec: &'static Spec) -> Diagnostic {
        let name = self.full_name(spec);
        diagnostic.at(self.span(name)).subject(self.object.written_name(name)).object(self.object.reference.clone())
    }

    fn about(&self, spec: &'static Spec, fate: Fate, reason: &str) -> Diagnostic {
        let name = self.written(spec);
        let (severity, effect, comes_to) = match fate {
            Fate::Ignored => (Severity::Warning, Effect::AnnotationIgnored, format!("`{name}` is ignored")),
            Fate::FailsOpen => (Severity::Error, Effect::FailsOpen, format!("`{name}` is ignored and protects nothing")),
            Fate::FeatureLost => (Severity::Warning, Effect::AnnotationIgnored, format!("`{name}` and what belongs to it are ignored")),
            Fate::ProtectionLost => {
                (Severity::Error, Effect::FailsOpen, format!("`{name}` switches off the protection that it belongs to"))
            }
            Fate::LocationDenied => {
                (Severity::Error, Effect::LocationDenied, format!("`{name}` makes all paths of the Ingress answer 503"))
            }
            Fate::IngressDropped => (Severity::Error, Effect::IngressDropped, format!("`{name}` keeps the Ingress from being served")),
        };
        let diagnostic = Diagnostic::new(severity, "bad-annotation-value", format!("{comes_to}: {reason}")).effect(effect);
        let diagnostic = self.place(diagnostic, spec);
        match fate {
            Fate::IngressDropped => webhook::quote(diagnostic, &format!("annotation {} contains invalid value", self.full_name(spec))),
            _ => diagnostic,
        }
    }

    fn too_risky(&mut self, spec: &'static Spec, name: &str, allowed: Risk) {
        let message = format!(
            "`{}` keeps the Ingress from being served: its risk is {}, and the settings allow no more than {} (`annotations-risk-level`)",
            spec.name,
            spec.risk.name(),
            allowed.name()
        );
        let diagnostic = Diagnostic::error("risky-annotation", message).effect(Effect::IngressDropped).at(self.span(name)).subject(name);
        let policy = &self.world.settings.policy;
        let level = format!("`annotations-risk-level: {}`", spec.risk.name());
        let is_snippet = spec.risk == Risk::Critical && spec.name.ends_with("-snippet") && !policy.allow_snippets;
        let settings = if is_snippet { format!("{level} and `allow-snippet-annotations: \"true\"`") } else { level };
        let diagnostic = self
            .by_default("annotations-risk-level", diagnostic.help(format!("set {settings} in the controller's ConfigMap, or do without")));
        let diagnostic = webhook::quote(
            diagnostic.object(self.object.reference.clone()),
            "annotation group … contains risky annotation based on ingress configuration",
        );
        self.findings.push(diagnostic);
        self.is_rejected = true;
    }

    /// Says of a finding about what the settings allow that nobody has seen the settings.
    fn by_default(&self, key: &'static str, diagnostic: Diagnostic) -> Diagnostic {
        self.world.by_default(key, diagnostic)
    }

    fn too_new(&mut self, spec: &'static Spec, name: &str) {
        let version = self.world.controller.version;
        let since = spec.since.map(|since| format!(": it came with {since}")).unwrap_or_default();
        let message = format!("`{}` is ignored by the controller {version}{since}", spec.name);
        let diagnostic =
            Diagnostic::warning("too-new-annotation", message).effect(Effect::AnnotationIgnored).at(self.span(name)).subject(name);
        self.findings.push(diagnostic.object(self.object.reference.clone()));
    }
}

impl Source for Reader<'_> {
    type Stop = Stop;

    fn or<T: Value + Display>(&mut self, key: &'static Key<T>, default: T) -> Result<T, Stop> {
        Reader::or(self, key, default)
    }
}

/// A value as it may stand in a message: short, and without characters that a terminal obeys.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 60;
    let escaped: String = value.chars().take(LONGEST).flat_map(char::escape_debug).filter(|letter| *letter != '`').collect();
    let escaped = escaped.replace("\\\"", "\"").replace("\\'", "'");
    if value.chars().nth(LONGEST).is_some() { format!("{escaped}…") } else { escaped }
}

#[cfg(test)]
mod tests;
