//! Words for the templates, printed as the controller prints them; what breaks out of its place is found here.

use std::sync::Arc;

use minijinja::value::Object;

use super::super::view::Raw;
use super::super::{environment, quote};
use super::keys::Keys;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::{Origin, Route, Server, Settings};
use crate::nginx::shape;

/// Makes what templates print, and collects what is to be said about it.
#[derive(Debug)]
pub(super) struct Printer<'a> {
    findings: Vec<Diagnostic>,
    /// Whose values are printed; none: those of the settings.
    routes: &'a [Route],
    origin: Origin,
    keys: Option<Arc<Keys>>,
}

impl<'a> Printer<'a> {
    /// For the settings of the whole proxy.
    pub(super) fn for_settings() -> Self {
        Self { findings: Vec::new(), routes: &[], origin: Origin::Default, keys: None }
    }

    /// For a server.
    pub(super) fn for_server(server: &'a Server) -> Self {
        Self { findings: Vec::new(), routes: &server.routes, origin: server.origin, keys: None }
    }

    /// From here on, values of a route are printed.
    pub(super) fn enter(&mut self, route: &'a Route) {
        (self.routes, self.origin) = (std::slice::from_ref(route), route.origin);
    }

    /// The keys of the ConfigMap, for the templates of the parts that follow.
    pub(super) fn keys(&mut self, settings: &Settings) -> Arc<Keys> {
        Arc::clone(self.keys.get_or_insert_with(|| Keys::new(settings)))
    }

    /// What was found.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.findings
    }

    /// One part of the configuration, printed by its template.
    pub(super) fn piece<T: Object + 'static>(&mut self, template: &str, view: T) -> Raw {
        self.shared_piece(template, &Arc::new(view))
    }

    /// The same of a view that is kept.
    pub(super) fn shared_piece<T: Object + 'static>(&mut self, template: &str, view: &Arc<T>) -> Raw {
        let text = environment::render_shared(template, view).unwrap_or_else(|finding| {
            self.findings.push(*finding);
            String::new()
        });
        let broken = self.keys.as_ref().map(|keys| keys.take_broken());
        broken.into_iter().flatten().for_each(|key| self.check(key, false));
        Raw::new(text)
    }

    /// Words as they are.
    pub(super) fn words(&mut self, subject: &str, text: &str) -> Raw {
        self.check(subject, shape::is_words(text, false));
        Raw::new(text)
    }

    /// Words as they are; none for an empty text.
    pub(super) fn words_if_any(&mut self, subject: &str, text: &str) -> Option<Raw> {
        (!text.is_empty()).then(|| self.words(subject, text))
    }

    /// The rest of a word as it is, where the template prints the beginning.
    pub(super) fn tail(&mut self, subject: &str, text: &str) -> Raw {
        self.check(subject, shape::is_words(text, true));
        Raw::new(text)
    }

    /// A text as Go quotes it, or words as they are in older forms.
    pub(super) fn quoted_if(&mut self, quotes: bool, subject: &str, text: &str) -> Raw {
        if quotes { quoted(text) } else { self.words(subject, text) }
    }

    /// A value of Lua as it is.
    pub(super) fn lua(&mut self, subject: &str, text: &str) -> Raw {
        self.check(subject, !text.contains(['{', '}', '"', '\'', '[', '-', '\n']));
        Raw::new(text)
    }

    /// The inside of single quotes as it is.
    pub(super) fn in_single_quotes(&mut self, subject: &str, text: &str) -> Raw {
        self.check(subject, shape::fits_quotes(text, b'\''));
        Raw::new(text)
    }

    /// The inside of double quotes as it is.
    pub(super) fn in_double_quotes(&mut self, subject: &str, text: &str) -> Raw {
        self.check(subject, shape::fits_quotes(text, b'"'));
        Raw::new(text)
    }

    /// Directives as they are; none for an empty text.
    pub(super) fn directives(&mut self, subject: &str, text: &str) -> Option<Raw> {
        if text.is_empty() {
            return None;
        }
        self.check(subject, shape::is_directives(text));
        Some(Raw::new(text))
    }

    fn check(&mut self, subject: &str, fits: bool) {
        if fits {
            return;
        }
        let message = format!("the value of `{subject}` breaks out of its directive: the controller prints it as it is");
        // What nginx makes of the whole is judged where it can be read; text that loads does worse than text that does not.
        let finding = Diagnostic::error("broken-shape", message).subject(subject);
        let cause = |route: &'a Route| Some((route, route.features.cause(subject)?.1));
        let (route, span) = match (self.routes.iter().find_map(cause), self.routes, self.origin) {
            (Some((route, span)), _, _) => (Some(route), Some(span)),
            (None, [route], Origin::Manifest(span)) => (Some(route), Some(span)),
            (None, _, Origin::Manifest(span)) => (None, Some(span)),
            (None, _, Origin::Default) => (None, None),
        };
        let object = route.and_then(|route| route.owner.as_deref()).map(|owner| ObjectRef {
            kind: String::from("Ingress"),
            namespace: owner.namespace.clone(),
            name: owner.name.clone(),
        });
        self.findings.push(Diagnostic { object, ..finding.at(span) });
    }
}

/// A text as Go quotes it with `%q`.
pub(super) fn quoted(text: &str) -> Raw {
    Raw::new(quote::go_quoted(text))
}

/// A text in double quotes, as the controller quotes paths and aliases.
pub(super) fn path_quoted(text: &str) -> Raw {
    Raw::new(quote::double_quoted(text))
}

/// A text for the rest of a comment line.
pub(super) fn comment(text: &str) -> Raw {
    Raw::new(text.replace(|c: char| c.is_control(), " "))
}

/// A text in which variables are taken by their letters. Quirk: the variable `literal_dollar` holds a dollar.
pub(super) fn without_variables(text: &str) -> String {
    text.replace('$', "${literal_dollar}")
}

/// The variable that holds a request header.
pub(super) fn header_variable(printer: &mut Printer, subject: &str, header: &str) -> Raw {
    let name = header.replace('-', "_").to_lowercase();
    printer.words(subject, &format!("$http_{name}"))
}
