//! Standard output and standard error.

use std::io::{self, IsTerminal as _, Write};

use anstream::AutoStream;
use anstream::stream::RawStream;
use anyhow::Context as _;
use supports_hyperlinks::Stream;

use crate::diagnostic::{Diagnostic, Severity};
use crate::output::Paint;
use crate::output::findings;
use crate::output::findings::few::Few;
use crate::output::untrusted::many_lines;
use crate::source::SourceMap;

/// Findings that are written at once.
const PORTION: usize = 1024;

/// Where results and messages go.
#[derive(Debug)]
pub(super) struct Console {
    colours: anstream::ColorChoice,
    quiet: bool,
}

impl Console {
    pub(super) fn new(colours: clap::ColorChoice, quiet: bool) -> Self {
        let colours = match colours {
            clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
            clap::ColorChoice::Always => anstream::ColorChoice::Always,
            clap::ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { colours, quiet }
    }

    /// Whether somebody watches who may want to know that the work goes on.
    pub(super) fn is_watched(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Whether only errors shall be shown.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Writes a result for programs as it is; a terminal gets nothing that it would obey. A reader that has seen enough and closed
    /// the pipe is no failure.
    pub(super) fn result(&self, content: &str) -> anyhow::Result<()> {
        let stdout = io::stdout().lock();
        let content = if stdout.is_terminal() { many_lines(content) } else { content.into() };
        unless_closed(stdout, &content)
    }

    /// Writes a result that people read, made up as standard output can show it.
    pub(super) fn report(&self, text: impl FnOnce(Paint) -> String) -> anyhow::Result<()> {
        let stdout = self.stream(io::stdout().lock());
        let width = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        let text = text(Paint { width, ..paint(&stdout, Stream::Stdout) });
        unless_closed(stdout, &text)
    }

    /// Writes findings and how many there are, and how many of them were suppressed.
    pub(super) fn findings(&self, all: &[Diagnostic], suppressed: usize, sources: &SourceMap) {
        let mut stderr = self.stream(io::stderr().lock());
        let paint = paint(&stderr, Stream::Stderr);
        let few = Few::of(all.iter().filter(|finding| !self.quiet || finding.severity == Severity::Error));
        for portion in few.shown.chunks(PORTION) {
            say(&mut stderr, &findings::text::texts(portion, sources, paint));
        }
        let mut text = few.rest(sources);
        if let Some(summary) = findings::text::summary(all).filter(|_| !self.quiet) {
            text.push_str(&summary);
            if suppressed > 0 {
                text.push_str(&format!(" ({suppressed} suppressed)"));
            }
            text.push('\n');
        }
        say(&mut stderr, &text);
    }

    /// Writes what was done.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            say(&mut self.stream(io::stderr().lock()), text);
        }
    }

    /// Writes what a result does not rest on or leaves out, a line each, for whoever looks on.
    pub(super) fn remarks(&self, notes: &[String]) {
        if self.is_watched() {
            notes.iter().for_each(|note| self.remark(note));
        }
    }

    /// Writes one of these, for everybody.
    pub(super) fn remark(&self, note: &str) {
        self.note(&format!("note: {}\n", many_lines(note)));
    }

    /// Writes why the job could not be done.
    pub(super) fn error(&self, error: &anyhow::Error) {
        let mut stderr = self.stream(io::stderr().lock());
        let text = findings::text::failure(&format!("{error:#}"), paint(&stderr, Stream::Stderr));
        say(&mut stderr, &text);
    }

    fn stream<Raw: RawStream>(&self, raw: Raw) -> AutoStream<Raw> {
        AutoStream::new(raw, self.colours)
    }
}

fn paint<Raw: RawStream>(stream: &AutoStream<Raw>, of: Stream) -> Paint {
    let colours = stream.current_choice() != anstream::ColorChoice::Never;
    Paint { colours, links: colours && supports_hyperlinks::on(of), width: None }
}

/// Where standard error is closed, nobody can be told.
fn say(stderr: &mut impl Write, text: &str) {
    let _ = stderr.write_all(text.as_bytes());
}

fn unless_closed(mut stdout: impl Write, content: &str) -> anyhow::Result<()> {
    match stdout.write_all(content.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to standard output"),
    }
}
