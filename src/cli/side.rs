//! One side of a comparison: manifests, compiled, or a configuration that a controller has written.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use serde_json::Value;

use super::controller::ControllerOptions;
use super::inputs::Inputs;
use super::project::Project;
use super::{Failure, Global, Status, files};
use crate::catalog::features::password_auth;
use crate::catalog::releases;
use crate::catalog::version::Version;
use crate::conf::{self, Tree};
use crate::diagnostic::{Diagnostic, Outcome, Severity};
use crate::diff::facts::Facts;
use crate::diff::layout::Layout;
use crate::emit::{IngressNginx, Options, Target as _};
use crate::ir::Proxy;
use crate::lower;
use crate::source::{FileId, SourceMap, Span};

/// Names of manifests end so; everything else that is a single file is a configuration.
const MANIFESTS: [&str; 3] = ["yaml", "yml", "json"];
/// The text of a rendered configuration is no file: nothing points into it.
const NO_FILE: FileId = FileId(u32::MAX);

/// Where a side comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// Manifests.
    Manifests(Vec<PathBuf>),
    /// A configuration.
    Dump(PathBuf),
}

impl Origin {
    /// What the arguments for one side name.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        match paths {
            [path] if path != Path::new("-") && path.is_file() && !is_manifest(path) => Self::Dump(path.clone()),
            paths => Self::Manifests(paths.to_vec()),
        }
    }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| MANIFESTS.iter().any(|known| extension == *known))
}

/// A configuration that a controller has written.
#[derive(Debug)]
pub(super) struct Dump {
    /// The text.
    sources: SourceMap,
    file: FileId,
    text: Arc<str>,
    /// What nginx would refuse, and what is understood all the same.
    pub(super) findings: Vec<Diagnostic>,
    /// What the controller tells Lua.
    backends: Option<Value>,
    /// What the configuration tells of the pod.
    pub(super) facts: Facts,
}

impl Dump {
    /// Reads a configuration. One that cannot be parsed as a whole is of no use: what is missing would be reported as removed.
    pub(super) fn read(path: &Path, backends: Option<&Path>) -> Result<Self, Failure> {
        let name = path.to_string_lossy().into_owned();
        let text: Arc<str> = files::read(path).map_err(|reason| anyhow!("`{name}` {reason}"))?.into();
        let mut sources = SourceMap::default();
        let file = sources.add(name.clone(), Arc::clone(&text));
        let text: Arc<str> = match conf::without_prose(&text) {
            Cow::Borrowed(_) => Arc::clone(&text),
            Cow::Owned(cleaned) => cleaned.into(),
        };
        let Outcome { value: tree, diagnostics } = conf::parse(file, &text);
        if diagnostics.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(Failure::Findings(sources, diagnostics));
        }
        if tree.directives().next().is_none() {
            return Err(Failure::Machine(anyhow!("`{name}` holds no configuration")));
        }
        let backends = backends.map(read_json).transpose()?;
        let facts = Facts::read(&tree);
        Ok(Self { sources, file, text, findings: diagnostics, backends, facts })
    }

    fn tree(&self) -> Tree<'_> {
        conf::parse(self.file, &self.text).value
    }
}

fn read_json(path: &Path) -> Result<Value, Failure> {
    let name = path.to_string_lossy();
    let text = files::read(path).map_err(|reason| anyhow!("`{name}` {reason}"))?;
    Ok(serde_json::from_str(&text).map_err(|error| anyhow!("`{name}` is not JSON: {error}"))?)
}

/// Manifests and what they come to.
#[derive(Debug)]
pub(super) struct Declared {
    /// The manifests.
    pub(super) project: Project,
    /// What the proxy shall do.
    pub(super) proxy: Proxy,
    configuration: String,
    /// The other files, read back.
    dynamic: Vec<(Cow<'static, str>, Value)>,
}

impl Declared {
    /// Compiles manifests, with the facts of the pod that wrote the configuration on the other side.
    pub(super) fn compile(
        paths: &[PathBuf],
        controller: &ControllerOptions,
        global: &Global,
        facts: &Facts,
        keep_environment: bool,
    ) -> Result<Self, Failure> {
        let mut project = Project::load_for(&Inputs::of(paths.to_vec()), controller, global, version(&facts.layout))?;
        project.settle_for(IngressNginx.name())?;
        adopt_identities(&mut project, facts);
        if !keep_environment {
            adopt_environment(&mut project, facts);
        }
        let mut proxy = lower::lower(&project.cluster, &project.controller).value;
        // A pod can have IPv6 and not listen there; that the ConfigMap says so need not be in the manifests.
        proxy.runtime.ipv6 &= keep_environment || facts.listens_on_ipv6 != Some(false);
        // Which file holds the certificate depends on the pod, unless an argument says so.
        if let Some(file) = facts.default_certificate.as_ref().filter(|_| !keep_environment)
            && project.controller.flags.default_ssl_certificate.is_empty()
        {
            proxy.default_certificate.file.clone_from(file);
        }
        let mut declared = Self { project, proxy, configuration: String::new(), dynamic: Vec::new() };
        declared.write();
        Ok(declared)
    }

    fn write(&mut self) {
        let mut files = IngressNginx.render(&self.proxy, &Options::default()).value.into_iter();
        self.configuration = files.next().map(|file| file.content).unwrap_or_default();
        // What was written here is JSON.
        self.dynamic = files.filter_map(|file| Some((file.name.into(), serde_json::from_str(&file.content).ok()?))).collect();
    }

    /// Writes it in the words of another release.
    fn reword(&mut self, other: &Self) {
        let layout = self.proxy.layout.worded_as(&other.proxy.layout);
        if layout != self.proxy.layout {
            self.proxy.layout = layout;
            self.write();
        }
    }

    /// Whether it does what only the releases before 1.12 have words for.
    fn needs_old_words(&self) -> bool {
        let settings = &self.proxy.settings;
        !settings.global_limits.host.is_empty() || !settings.process.plugins.is_empty()
    }

    /// Spans in it point nowhere.
    fn tree(&self) -> Tree<'_> {
        conf::parse(NO_FILE, &self.configuration).value
    }
}

/// The release of the controller that writes such a configuration.
fn version(layout: &Layout) -> Option<Version> {
    let shown = [
        (&releases::HTTP2_DIRECTIVE, layout.http2_directive),
        (&releases::LUA_FILES, layout.lua_files),
        (&releases::GRPC_TIMEOUTS, layout.grpc_timeouts),
        (&releases::ORIGINAL_HOST, layout.original_host),
        (&releases::QUOTED_PATHS, layout.quoted_paths),
        (&releases::CIPHER_ORDER, layout.cipher_order),
    ];
    let known: Vec<_> = shown.into_iter().filter_map(|(change, holds)| Some((change, holds?))).collect();
    releases::fitting(&known)
}

/// Takes the facts of the machine from the pod.
fn adopt_environment(project: &mut Project, facts: &Facts) {
    let environment = &mut project.controller.environment;
    environment.processors = facts.processors.unwrap_or(environment.processors);
    environment.open_files = facts.open_files.unwrap_or(environment.open_files);
    environment.somaxconn = facts.somaxconn.unwrap_or(environment.somaxconn);
    environment.ipv6 = facts.ipv6.unwrap_or(environment.ipv6);
    if let Some(resolvers) = &facts.resolvers {
        environment.resolvers.clone_from(resolvers);
    }
}

/// Gives objects the identities that the cluster gave them: manifests in Git have none, and names of files hold them.
fn adopt_identities(project: &mut Project, facts: &Facts) {
    let annotation = format!("{}/{}", project.controller.flags.annotations_prefix, password_auth::SECRET.spec.name);
    for ingress in &mut project.cluster.ingresses {
        let owner = (ingress.reference.namespace.clone(), ingress.reference.name.clone());
        if let Some(identity) = facts.ingresses.get(&owner) {
            ingress.value.metadata.uid = Some(identity.clone());
        }
        let Some(identity) = facts.password_secrets.get(&owner) else { continue };
        let named = ingress.value.metadata.annotations.as_ref().and_then(|annotations| annotations.get(&annotation));
        let Some(named) = named else { continue };
        let (namespace, name) = named.trim().split_once('/').unwrap_or((&owner.0, named.trim()));
        let secrets = &mut project.cluster.secrets;
        // The list is sorted by namespace and name.
        let found = secrets
            .binary_search_by(|secret| (secret.reference.namespace.as_str(), secret.reference.name.as_str()).cmp(&(namespace, name)));
        if let Ok(at) = found {
            secrets[at].value.metadata.uid = Some(identity.clone());
        }
    }
}

/// A side that is ready to be compared.
#[derive(Debug)]
pub(super) enum Side {
    /// Manifests.
    Declared(Box<Declared>),
    /// A configuration.
    Dump(Box<Dump>),
}

impl Side {
    /// What the side is called: by its role, and a configuration by its file.
    pub(super) fn name(&self, role: &str) -> String {
        match self {
            Self::Declared(declared) => format!("{role} (ingress-nginx {})", declared.project.controller.version),
            Self::Dump(dump) => format!("{role} ({})", dump.sources.file(dump.file).name),
        }
    }

    /// Writes what both declare in the words of one release, so that only what the proxy does differs.
    pub(super) fn agree_on_words(before: &mut Self, after: &mut Self) {
        match (before, after) {
            (Self::Declared(before), Self::Declared(after)) if before.needs_old_words() => after.reword(before),
            (Self::Declared(before), Self::Declared(after)) => before.reword(after),
            _ => {}
        }
    }

    /// The release of the controller, as far as it is known.
    pub(super) fn release(&self) -> Option<Version> {
        match self {
            Self::Declared(declared) => Some(declared.project.controller.version),
            Self::Dump(dump) => version(&dump.facts.layout),
        }
    }

    /// The tree of the configuration.
    pub(super) fn tree(&self) -> Tree<'_> {
        match self {
            Self::Declared(declared) => declared.tree(),
            Self::Dump(dump) => dump.tree(),
        }
    }

    /// A file for the Lua side.
    pub(super) fn dynamic(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Declared(declared) => declared.dynamic.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            Self::Dump(dump) => dump.backends.as_ref().filter(|_| name == "backends.json"),
        }
    }

    /// The texts that places of this side are in.
    pub(super) fn sources(&self) -> &SourceMap {
        match self {
            Self::Declared(declared) => &declared.project.sources,
            Self::Dump(dump) => &dump.sources,
        }
    }

    /// Whether everything that was named could be read.
    pub(super) fn status(&self) -> Status {
        match self {
            Self::Declared(declared) => declared.project.status,
            Self::Dump(_) => Status::Clean,
        }
    }

    /// A place in a text of this side; nothing for rendered text.
    pub(super) fn is_in_a_file(span: Span) -> bool {
        span.file != NO_FILE
    }
}
