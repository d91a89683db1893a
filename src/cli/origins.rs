//! From the rendered configuration back to the manifests: the origin of each directive.

use std::sync::Arc;

use super::explain::{self, spot};
use super::project::Project;
use crate::cause::{Causes, Query};
use crate::conf::{self, Directive};
use crate::diff::places::{self, Located};
use crate::emit::OutputFile;
use crate::ir::Proxy;
use crate::output::difference::Because;
use crate::output::origins::{self, Traced};
use crate::source::{FileId, SourceMap};

/// The name of the file with the origins.
const FILE: &str = "origins.json";

/// How origins are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Style {
    /// Behind each directive of nginx.conf
    Comments,
    /// As a document of its own
    Json,
}

/// Adds the origins to the files that were made. The first file is the one that people want to see.
pub(super) fn add(style: Style, files: &mut Vec<OutputFile>, project: &Project, proxy: &Proxy) -> anyhow::Result<()> {
    let Some(configuration) = files.first_mut() else { return Ok(()) };
    let causes = Causes::new(&project.cluster, &project.controller, proxy);
    let mut sources = SourceMap::default();
    let text: Arc<str> = configuration.content.as_str().into();
    let file = sources.add(configuration.name.as_ref(), Arc::clone(&text));
    match style {
        Style::Comments => {
            let mut notes = Vec::new();
            each(file, &text, &causes, project, |_, because| notes.push(origins::comment(&because)));
            configuration.content = conf::annotate(&conf::parse(file, &text).value, notes);
        }
        Style::Json => {
            let mut all = Vec::new();
            each(file, &text, &causes, project, |located, because| {
                let host = located.place.host.as_deref().map(str::to_owned);
                let path = located.place.location.as_ref().and_then(|_| located.place.path()).map(str::to_owned);
                let line = sources.file(file).position(located.directive.span().range().start).line;
                all.push(Traced { line, directive: located.directive.head(), host, path, because });
            });
            let content = origins::json(&configuration.name, &all)?;
            files.insert(0, OutputFile::new(FILE, content));
        }
    }
    Ok(())
}

fn each(file: FileId, text: &str, causes: &Causes, project: &Project, mut tell: impl FnMut(Located<'_>, Because)) {
    places::each(&conf::parse(file, text).value, |located| {
        let words = written(located.directive);
        let cause = causes.of_declared(&Query { text: &words, ..query(&located) });
        let spot = spot(cause.span, &project.sources);
        tell(located, Because { cause, spot });
    });
}

/// The directive as a change would show it.
fn written(directive: Directive<'_>) -> String {
    if directive.is_block() { format!("{} {{ … }}", directive.head()) } else { format!("{};", directive.head()) }
}

fn query<'l>(located: &Located<'l>) -> Query<'l> {
    let block = located.blocks.last().map(|word| &**word).unwrap_or_default();
    let target = located.place.after.as_deref().filter(|target| !target.ingress.is_empty());
    explain::query(located.name, located.directive.is_block(), block, located.place, target)
}
