//! `--watch`: does the job again whenever a file that it reads changes, and tells only what is new.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use hashbrown::HashMap;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::config::Config;
use super::console::Console;
use super::inputs::Inputs;
use super::kubectl::Kubectl;
use super::{Failure, Global, Status};
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::Paint;
use crate::output::findings::identity::Identity;
use crate::output::findings::text;
use crate::output::untrusted::one_line;
use crate::source::SourceMap;

/// Who writes several files at once, or one in several parts, is done by then.
const QUIET: Duration = Duration::from_millis(100);

/// Does a job once, and again whenever what it reads has changed. What cannot be done is told, and may be possible after the next change.
///
/// # Errors
/// The inputs are none that change, or the system tells nothing of changes.
pub(super) fn run(
    inputs: &Inputs,
    global: &Global,
    console: &Console,
    mut job: impl FnMut() -> Result<(), Failure>,
) -> Result<Status, Failure> {
    // What changes while the job is done for the first time counts as well.
    let changes = Changes::of(inputs, global)?;
    loop {
        if let Err(failure) = job() {
            failure.tell(console);
        }
        changes.wait()?;
    }
}

/// What the system says of files.
struct Changes {
    events: Receiver<notify::Result<Event>>,
    /// Nothing is said any more once this is gone.
    _watcher: RecommendedWatcher,
}

impl Changes {
    fn of(inputs: &Inputs, global: &Global) -> anyhow::Result<Self> {
        if inputs.have_stdin() || inputs.paths().iter().any(|path| Kubectl::of(path).is_some()) {
            return Err(anyhow!("`--watch` goes with files and folders, which change"));
        }
        let (tell, events) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(tell).context("cannot watch files")?;
        let settings = Config::find(global.config.as_deref()).ok().filter(|config| !config.name.is_empty());
        let settings = settings.map(|config| PathBuf::from(config.name));
        for path in inputs.paths().iter().chain(&settings) {
            // An editor puts another file in the place of the one that it changes: its folder knows.
            let (place, mode) =
                if path.is_dir() { (path.as_path(), RecursiveMode::Recursive) } else { (folder_of(path), RecursiveMode::NonRecursive) };
            watcher.watch(place, mode).with_context(|| format!("cannot watch `{}`", place.display()))?;
        }
        Ok(Self { events, _watcher: watcher })
    }

    /// Waits until something has changed, and then until nothing does.
    fn wait(&self) -> anyhow::Result<()> {
        let mut has_changed = false;
        loop {
            let event = match has_changed {
                false => self.events.recv().map_err(RecvTimeoutError::from),
                true => self.events.recv_timeout(QUIET),
            };
            match event {
                // To read a file is no change: this program does it as well.
                Ok(Ok(event)) => has_changed |= !event.kind.is_access(),
                Ok(Err(error)) => return Err(error).context("cannot watch files"),
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Err(anyhow!("cannot watch files any longer")),
            }
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The findings of the last run, to say what differs in the next.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// How many there are of those that say the same of an object, whatever the line.
    shown: Option<HashMap<Said, usize>>,
}

/// A finding whatever the line.
type Said = (Identity, Severity, String);

impl Told {
    /// Whether nothing was told before.
    pub(super) fn is_first(&self) -> bool {
        self.shown.is_none()
    }

    /// Notes the findings of a run. What is new since the last one, and what is gone.
    pub(super) fn since<'f>(&mut self, findings: &'f [Diagnostic], sources: &'f SourceMap) -> News<'f> {
        let mut left = self.shown.take().unwrap_or_default();
        let mut shown: HashMap<Said, usize> = HashMap::new();
        let mut new = Vec::new();
        for finding in findings {
            let said = (Identity::of(finding, sources), finding.severity, finding.message.clone());
            match left.get_mut(&said).filter(|count| **count > 0) {
                Some(count) => *count -= 1,
                None => new.push(finding),
            }
            *shown.entry(said).or_default() += 1;
        }
        self.shown = Some(shown);
        let mut gone: Vec<Said> = left.into_iter().filter(|(_, count)| *count > 0).map(|(said, _)| said).collect();
        gone.sort_by(|a, b| (&a.0, &a.2).cmp(&(&b.0, &b.2)));
        News { new, gone, all: findings, sources }
    }
}

/// What differs between two runs.
pub(super) struct News<'f> {
    new: Vec<&'f Diagnostic>,
    gone: Vec<Said>,
    all: &'f [Diagnostic],
    sources: &'f SourceMap,
}

impl News<'_> {
    /// It as text; nothing where nothing is.
    pub(super) fn text(&self, paint: Paint) -> String {
        if self.new.is_empty() && self.gone.is_empty() {
            return String::new();
        }
        let new: String = self.new.iter().map(|finding| text::text(finding, self.sources, paint)).collect();
        let gone: String = self.gone.iter().map(gone_line).collect();
        let summary = text::summary(self.all).unwrap_or_else(|| String::from("no findings"));
        format!("{new}{gone}{summary}\n\n")
    }
}

/// `gone: error[bad-annotation-value] of Ingress shop/web: …`
fn gone_line((identity, severity, message): &Said) -> String {
    let object = identity.object.as_ref().map(|object| format!(" of {} {}/{}", object.kind, object.namespace, object.name));
    let whose = object.or_else(|| identity.file.as_ref().map(|file| format!(" in {file}"))).unwrap_or_default();
    format!("gone: {}[{}]{}: {}\n", severity.name(), identity.rule, one_line(&whose), one_line(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn only_what_is_new_or_gone_is_told_wherever_it_stands() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml", "one\ntwo\nthree\n");
        let at = |rule, message: &str, start| Diagnostic::error(rule, message).at(Span::new(file, start..start + 3));
        let mut told = Told::default();
        let first = told.since(&[at("a", "x", 0), at("b", "y", 0), at("b", "y", 4)], &sources).text(Paint::default());
        assert!(first.contains("error[a]: x") && first.contains("3 errors"), "{first}");
        assert_eq!(told.since(&[at("a", "x", 8), at("b", "y", 4), at("b", "y", 8)], &sources).text(Paint::default()), "");
        let next = told.since(&[at("a", "z", 8), at("b", "y", 4)], &sources).text(Paint::default());
        assert!(next.starts_with("error[a]: z\n"), "{next}");
        assert!(next.ends_with("gone: error[a] in a.yaml: x\ngone: error[b] in a.yaml: y\n2 errors\n\n"), "{next}");
        assert!(told.since(&[], &sources).text(Paint::default()).ends_with("\nno findings\n\n"));
    }
}
