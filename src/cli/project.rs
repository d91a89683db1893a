//! What every command that compiles starts with: the settings, the manifests and the controller.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::anyhow;

use super::config::{Config, Settings};
use super::controller::{ControllerOptions, Settled};
use super::inputs::Inputs;
use super::patterns::PathPatterns;
use super::{Failure, Global, Status};
use crate::catalog::adopted::Dialect;
use crate::catalog::releases::Fitting;
use crate::compile::Input;
use crate::diagnostic::{Diagnostic, Outcome, Severity};
use crate::emit::{IngressNginx, Target};
use crate::lower::{self, Controller};
use crate::manifest::{self, Cluster};
use crate::output::findings::looked::Looked;
use crate::source::{FileId, SourceMap};

/// Everything that was given.
#[derive(Debug)]
pub(super) struct Project {
    /// All texts, the settings file included.
    pub(super) sources: SourceMap,
    /// What the settings file says.
    pub(super) settings: Settings,
    /// The settings file among the sources, where there is one.
    pub(super) settings_file: Option<FileId>,
    /// The folder that paths in the settings file begin at.
    pub(super) root: PathBuf,
    /// The objects.
    pub(super) cluster: Cluster,
    /// The controller.
    pub(super) controller: Controller,
    /// The releases that a live configuration fits, where nothing else says which one it is.
    pub(super) guess: Option<Fitting>,
    /// The manifests hold several controllers, and nothing says which one is meant.
    pub(super) is_undecided: bool,
    /// The controller whose annotations were compiled; none: ingress-nginx.
    dialect: Option<&'static Dialect>,
    /// Whether what an API server refuses is closed.
    is_strict: bool,
    /// What could not be read.
    unread: Vec<Diagnostic>,
    /// What was found so far.
    pub(super) findings: Vec<Diagnostic>,
    /// Whether all that was named could be read.
    pub(super) status: Status,
}

impl Project {
    /// Reads everything. Manifests that cannot be read are findings: the others still count.
    pub(super) fn load(inputs: &Inputs, controller: &ControllerOptions, global: &Global) -> Result<Self, Failure> {
        Self::load_for(inputs, controller, global, None)
    }

    /// Reads everything, for a controller whose version is known from elsewhere unless somebody says another one. What is made of a
    /// part of the input is no result: where something cannot be read, the run ends with that.
    pub(super) fn load_whole(
        inputs: &Inputs,
        controller: &ControllerOptions,
        global: &Global,
        shown: Option<Fitting>,
    ) -> Result<Self, Failure> {
        let project = Self::load_for(inputs, controller, global, shown)?;
        if project.status == Status::Failed {
            return Err(Failure::Findings(project.sources, project.unread));
        }
        Ok(project)
    }

    fn load_for(inputs: &Inputs, controller: &ControllerOptions, global: &Global, shown: Option<Fitting>) -> Result<Self, Failure> {
        let config = Config::find(global.config.as_deref())?;
        let mut sources = SourceMap::default();
        let unread = inputs.read(&mut sources, &PathPatterns::new(&config.root(), &config.settings.exclude));
        Self::settle(config, sources, unread, controller, shown)
    }

    /// The same project with other texts in some of its files.
    pub(super) fn with_texts(self, mut texts: BTreeMap<FileId, String>, controller: &ControllerOptions) -> Result<Self, Failure> {
        let mut sources = SourceMap::default();
        let mut config = Config { settings: self.settings, ..Config::default() };
        for (id, file) in self.sources.files() {
            if Some(id) == self.settings_file {
                (config.name, config.text) = (file.name.clone(), file.text.to_string());
                continue;
            }
            match texts.remove(&id) {
                Some(text) => sources.add(file.name.clone(), text),
                None => sources.add_again(file),
            };
        }
        let mut project = Self::settle(config, sources, self.unread, controller, None)?;
        project.is_strict = self.is_strict;
        project.close();
        Ok(project)
    }

    fn settle(
        config: Config,
        mut sources: SourceMap,
        unread: Vec<Diagnostic>,
        controller: &ControllerOptions,
        shown: Option<Fitting>,
    ) -> Result<Self, Failure> {
        let root = config.root();
        let Config { name, text, settings } = config;
        let is_complete = unread.iter().all(|finding| finding.severity < Severity::Error);
        let mut findings = unread.clone();
        let Outcome { value: mut cluster, diagnostics } = manifest::load(&mut sources);
        findings.extend(diagnostics);
        // Now that the manifests are read, the settings file may join them for the sake of findings about it.
        let settings_file = (!name.is_empty()).then(|| sources.add(name, text));
        let dialect = controller.dialect(&settings);
        let Outcome { value: Settled { controller, guess, is_undecided }, diagnostics } =
            controller.settle(&settings, settings_file, &cluster, shown);
        findings.extend(diagnostics);
        findings.extend(dialect.map(|dialect| lower::adopt(&mut cluster, &controller, dialect)).unwrap_or_default());
        let status = if is_complete { Status::Clean } else { Status::Failed };
        let is_strict = false;
        Ok(Self {
            sources,
            settings,
            settings_file,
            root,
            cluster,
            controller,
            guess,
            is_undecided,
            dialect,
            is_strict,
            unread,
            findings,
            status,
        })
    }

    /// What was read, for whoever needs nothing of the settings.
    pub(super) fn into_input(self) -> Input {
        let Self { sources, cluster, controller, guess, findings, .. } = self;
        Input { sources, cluster, controller, guess, findings }
    }

    /// How much there is to look at.
    pub(super) fn looked(&self) -> Looked {
        let mut objects: BTreeMap<&str, usize> = BTreeMap::new();
        for object in self.cluster.references() {
            *objects.entry(&object.kind).or_default() += 1;
        }
        let objects = objects.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        Looked { files: self.cluster.files, objects, unread: self.cluster.unread.clone() }
    }

    fn close(&mut self) {
        if self.is_strict {
            self.findings.extend(lower::close(&mut self.cluster));
        }
    }

    /// Makes the objects ready for a target: only ingress-nginx shows what an API server refuses as it is. Annotations are not
    /// compiled for a product that ignores them.
    pub(super) fn settle_for(&mut self, target: &str) -> Result<(), Failure> {
        self.is_strict = target != IngressNginx.name();
        self.close();
        match self.dialect {
            Some(dialect) if target == IngressNginx.name() => {
                let name = dialect.name;
                Err(anyhow!("{target} ignores annotations of {name}: `--annotations {name}` needs `--target haproxy` or `--target nginx`")
                    .into())
            }
            _ => Ok(()),
        }
    }
}
