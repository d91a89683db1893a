//! `render --origins`: where each directive of what is rendered comes from.

use std::sync::Arc;

use super::project::Project;
use crate::cause::edits::Given;
use crate::compare::{Origins, Render};
use crate::conf;
use crate::emit::OutputFile;
use crate::ir::Proxy;
use crate::output::origins::{self, Traced};
use crate::source::SourceMap;

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
pub(super) fn add(style: Style, files: &mut Vec<OutputFile>, project: &Project, proxy: &Proxy, render: &Render) -> anyhow::Result<()> {
    let given = Given { cluster: &project.cluster, controller: &project.controller };
    let sought = Origins::new(&project.sources, given, proxy, files, render);
    let Some(configuration) = files.first_mut() else { return Ok(()) };
    let mut sources = SourceMap::default();
    let text: Arc<str> = configuration.content.as_str().into();
    let file = sources.add(configuration.name.as_ref(), Arc::clone(&text));
    match style {
        Style::Comments => {
            let mut notes = Vec::new();
            sought.each(file, &text, |_, because| notes.push(origins::comment(&because)));
            configuration.content = conf::annotate(&conf::parse(file, &text).value, notes);
        }
        Style::Json => {
            let mut all = Vec::new();
            sought.each(file, &text, |located, because| {
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
