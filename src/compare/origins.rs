//! From the rendered configuration back to the manifests: the origin of each directive.

use super::alike::Where;
use super::effects::{self, Sample};
use super::entry::Because;
use super::explainer;
use super::singles::Singles;
use crate::cause::edits::{Given, Set};
use crate::cause::{Causes, Query, is_place};
use crate::compile::{Declared, Written};
use crate::conf::{self, Directive};
use crate::diagnostic::{Cause, Reason};
use crate::diff::places::{self, Located};
use crate::emit::OutputFile;
use crate::ir::Proxy;
use crate::lower::{self, Controller};
use crate::manifest::Cluster;
use crate::source::{FileId, SourceMap};

/// What writes files.
pub type Render<'r> = dyn Fn(&Proxy) -> Vec<OutputFile> + Sync + 'r;

/// What writes a configuration.
pub type Write<'w> = dyn Fn(&Proxy) -> Written + Sync + 'w;

/// What origins are sought in.
pub struct Origins<'a> {
    sources: &'a SourceMap,
    causes: Causes<'a>,
    singles: Singles,
}

impl<'a> Origins<'a> {
    /// For objects, what they come to, and what was written for that; `render` writes what others would come to.
    #[must_use]
    pub fn new(sources: &'a SourceMap, given: Given<'a>, proxy: &'a Proxy, files: &[OutputFile], render: &Render) -> Self {
        let causes = Causes::new(given.cluster, given.controller, proxy);
        // To keep a second copy of the output is worth it only where something can be tried.
        let singles = Singles::afford(given).then(|| {
            let written = Written::of_files(files.to_vec());
            let compile = |cluster: &Cluster, controller: &Controller| Written::of_files(render(&lower::lower(cluster, controller).value));
            Singles::of(&Sample::new(given, &written, Box::new(compile)))
        });
        Self { sources, causes, singles: singles.unwrap_or_default() }
    }

    /// For manifests that are compiled, as far as they are asked about; `write` writes what others would come to as theirs was written.
    #[must_use]
    pub fn of(declared: &'a Declared, written: &dyn Fn() -> &'a Written, write: &Write) -> Self {
        let input = &declared.input;
        let causes = Causes::new(&input.cluster, &input.controller, &declared.proxy).with(&declared.findings);
        let compile = |cluster: &Cluster, controller: &Controller| write(&declared.asked_of(cluster, controller));
        // Of a large cluster, what has no part in the hosts that are asked about is left out, where it makes no difference to them.
        let part = declared.asked_objects().filter(|part| compile(part, &input.controller).is_as(written()));
        let given = Given { cluster: part.as_ref().unwrap_or(&input.cluster), controller: &input.controller };
        let singles = Singles::afford(given).then(|| Singles::of(&Sample::new(given, written(), Box::new(compile))));
        Self { sources: &input.sources, causes, singles: singles.unwrap_or_default() }
    }

    /// Tells where each directive of a rendered text comes from.
    pub fn each(&self, file: FileId, text: &str, mut tell: impl FnMut(Located<'_>, Because)) {
        // The causes of the blocks around a directive, from outside in.
        let mut around: Vec<Cause> = Vec::new();
        places::each(&conf::parse(file, text).value, |located| {
            let words = written(located.directive);
            let cause = self.cause(&located, &query(&located, &words));
            around.truncate(located.blocks.len());
            // What nobody asked for is there because the block is.
            let is_said = |cause: &&Cause| matches!(cause.reason, Reason::Annotation | Reason::Setting | Reason::Argument);
            let block = around.last().filter(|_| cause.reason == Reason::Default).filter(is_said);
            let cause = block.cloned().unwrap_or(cause);
            if located.directive.is_block() {
                around.push(cause.clone());
            }
            let spot = cause.span.and_then(|span| self.sources.spot(span));
            tell(located, Because { cause, spot });
        });
    }

    /// What makes a directive, as was tried; else what seems to.
    #[must_use]
    pub fn cause(&self, located: &Located<'_>, query: &Query) -> Cause {
        let (path, seen) = (effects::join(located.blocks), seen(located));
        // Whose a location is and where it leads is written in its path.
        if is_place(located.name) && query.ingress.is_some() {
            return self.causes.of_declared(query);
        }
        let Some(trial) = self.singles.origin(&path, located.name, &seen) else { return self.causes.of_declared(query) };
        let is_block = located.directive.is_block();
        let is_server =
            is_block && located.name.starts_with("server ") && query.host.is_some_and(|host| self.causes.server(host).is_some());
        let is_path = is_block && located.name.starts_with("location ") && query.ingress.is_some();
        // That there is a host or a path is not the doing of an annotation, even where it would be gone without.
        if is_server || (is_path && !trial.alters(&path, located.name, &seen)) {
            return self.causes.of_declared(query);
        }
        let place = Where { query, causes: [None, Some(&self.causes)], likely: None };
        let tried = self.causes.of_edit(&trial.edits[place.choose(&trial.edits, &trial.alike)], Set::After, query);
        match tried {
            Some(tried) if is_path => {
                let path = self.causes.of_declared(query);
                let what = if located.name.starts_with("location ~") { "a regular expression" } else { "matched so" };
                Cause { message: format!("{}, {what} because of {}", path.message, tried.message), ..path }
            }
            Some(tried) => tried,
            None => self.causes.of_declared(query),
        }
    }
}

/// The directive as differences have it.
fn seen(located: &Located<'_>) -> String {
    let directive = located.directive;
    match directive.lua() {
        Some(code) => format!("{} {{{code}}}", directive.head()),
        None if directive.is_block() => format!("{} {{ … }}", located.name),
        None => format!("{};", directive.head()),
    }
}

/// A directive as a change would show it.
#[must_use]
pub fn written(directive: Directive<'_>) -> String {
    if directive.is_block() { format!("{} {{ … }}", directive.head()) } else { format!("{};", directive.head()) }
}

/// What to ask about a directive that is written so.
#[must_use]
pub fn query<'l>(located: &Located<'l>, text: &'l str) -> Query<'l> {
    let block = located.blocks.last().map(|word| &**word).unwrap_or_default();
    let target = located.place.after.as_deref().filter(|target| !target.ingress.is_empty());
    Query { text, ..explainer::query(located.name, located.directive.is_block(), block, located.place, target) }
}
