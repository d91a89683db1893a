//! One side of a comparison: manifests, compiled, or a configuration that a controller has written.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::absent::{self, Supposed};
use super::controller::ControllerOptions;
use super::dump::{Dump, Live, Lua, MAIN};
use super::effects::Sample;
use super::inputs::Inputs;
use super::project::Project;
use super::written::{NO_FILE, Written};
use super::{Failure, Global, Status};
use crate::catalog::features::password_auth;
use crate::catalog::releases::{self, Fitting};
use crate::catalog::version::{FIRST, Version};
use crate::cause::edits::Given;
use crate::conf::Tree;
use crate::diagnostic::{Diagnostic, ObjectRef, Outcome};
use crate::diff::facts::Facts;
use crate::diff::layout::Layout;
use crate::emit::{IngressNginx, Target as _};
use crate::ir::Proxy;
use crate::lower::{self, Controller};
use crate::manifest::Cluster;
use crate::source::{SourceMap, Span};

/// Names of manifests end so; everything else that is a single file is a configuration.
const MANIFESTS: [&str; 3] = ["yaml", "yml", "json"];
/// Where a side comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// Manifests.
    Manifests(Vec<PathBuf>),
    /// A configuration: its file, or a folder with all that the controller has written.
    Dump(Live),
}

impl Origin {
    /// What the arguments for one side name.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        match paths {
            [path] if path != Path::new("-") && (path.is_file() && !is_manifest(path) || path.join(MAIN).is_file()) => {
                Self::Dump(Live { path: path.clone(), lua: Vec::new() })
            }
            paths => Self::Manifests(paths.to_vec()),
        }
    }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| MANIFESTS.iter().any(|known| extension == *known))
}

/// Manifests and what they come to.
#[derive(Debug)]
pub(super) struct Declared {
    /// The manifests.
    pub(super) project: Project,
    /// What the proxy shall do.
    pub(super) proxy: Proxy,
    /// What is supposed to be there.
    pub(super) supposed: Supposed,
    /// What was found on the way from the manifests.
    pub(super) findings: Vec<Diagnostic>,
    /// The hosts that are asked about; none: all. What is written is for them alone.
    hosts: Option<Vec<String>>,
    written: Written,
}

impl Declared {
    /// Reads manifests, for the controller that wrote the configuration on the other side.
    pub(super) fn read(
        paths: &[PathBuf],
        controller: &ControllerOptions,
        global: &Global,
        facts: Option<&Facts>,
    ) -> Result<Project, Failure> {
        let shown = facts.and_then(|facts| fitting(&facts.layout));
        let mut project = Project::load_for(&Inputs::of(paths.to_vec()), controller, global, shown)?;
        project.settle_for(IngressNginx.name())?;
        Ok(project)
    }

    /// Compiles manifests, with the facts of the pod that wrote the configuration on the other side. What the other side is known to
    /// hold is not supposed to be here.
    pub(super) fn compile(
        project: Project,
        controller: &ControllerOptions,
        facts: Option<&Facts>,
        keep_environment: bool,
        elsewhere: &BTreeSet<ObjectRef>,
    ) -> Result<Self, Failure> {
        Self::compile_for(None, project, controller, facts, keep_environment, elsewhere)
    }

    /// The same, of which only what these hosts need is written.
    pub(super) fn compile_for(
        hosts: Option<Vec<String>>,
        project: Project,
        controller: &ControllerOptions,
        facts: Option<&Facts>,
        keep_environment: bool,
        elsewhere: &BTreeSet<ObjectRef>,
    ) -> Result<Self, Failure> {
        let supposed = Supposed::of(&project, facts, elsewhere);
        let mut project = match supposed.text(&project)? {
            Some(text) => project.with_more(absent::NAME, text, controller, facts.and_then(|facts| fitting(&facts.layout)))?,
            None => project,
        };
        let facts = facts.cloned().unwrap_or_default();
        adopt_identities(&mut project, &facts);
        if !keep_environment {
            adopt_environment(&mut project, &facts);
        }
        let Outcome { value: mut proxy, diagnostics: findings } = lower::lower(&project.cluster, &project.controller);
        // A pod can have IPv6 and not listen there; that the ConfigMap says so need not be in the manifests.
        proxy.runtime.ipv6 &= keep_environment || facts.listens_on_ipv6 != Some(false);
        // Which file holds the certificate depends on the pod, unless an argument says so.
        if let Some(file) = facts.default_certificate.as_ref().filter(|_| !keep_environment)
            && project.controller.flags.default_ssl_certificate.is_empty()
        {
            proxy.default_certificate.file.clone_from(file);
        }
        let mut declared = Self { project, proxy, supposed, findings, hosts, written: Written::default() };
        declared.write();
        Ok(declared)
    }

    fn write(&mut self) {
        self.written = Written::of(&self.asked_of(&self.proxy));
    }

    /// The part of a proxy that is asked about.
    pub(super) fn asked_of<'p>(&self, proxy: &'p Proxy) -> Cow<'p, Proxy> {
        self.hosts.as_ref().map_or(Cow::Borrowed(proxy), |hosts| Cow::Owned(proxy.part_for(hosts)))
    }

    /// The manifests, and what others would come to under the same circumstances.
    pub(super) fn sample(&self) -> Sample<'_> {
        let given = Given { cluster: &self.project.cluster, controller: &self.project.controller };
        let compile = |cluster: &Cluster, controller: &Controller| Written::of(&self.proxy_of(cluster, controller));
        Sample { given, written: &self.written, compile: Box::new(compile) }
    }

    /// What the proxy would do for other objects under the same circumstances.
    pub(super) fn proxy_of(&self, cluster: &Cluster, controller: &Controller) -> Proxy {
        let mut proxy = lower::lower(cluster, controller).value;
        proxy.form = self.proxy.form;
        proxy.runtime.ipv6 = self.proxy.runtime.ipv6;
        if controller.flags.default_ssl_certificate == self.project.controller.flags.default_ssl_certificate {
            proxy.default_certificate = self.proxy.default_certificate.clone();
        }
        proxy
    }

    /// Writes it in the words of another release.
    fn reword(&mut self, other: &Self) {
        let form = self.proxy.form.worded_as(other.proxy.form);
        if form != self.proxy.form {
            self.proxy.form = form;
            self.write();
        }
    }

    /// What the controller would tell Lua.
    pub(super) fn lua(&self, what: Lua) -> Option<&Value> {
        self.written.lua(what)
    }

    /// The release, and whether it is a guess.
    fn release(&self) -> String {
        let version = self.project.controller.version;
        match self.project.guess {
            Some(Fitting { newest, oldest }) if newest != oldest => {
                format!("{version}, a guess: the live configuration fits {oldest} to {newest}")
            }
            _ => version.to_string(),
        }
    }

    /// Whether it does what only the releases before 1.12 have words for.
    fn needs_old_words(&self) -> bool {
        let settings = &self.proxy.settings;
        !settings.global_limits.host.is_empty() || !settings.process.plugins.is_empty()
    }
}

/// The releases of the controller that write such a configuration.
fn fitting(layout: &Layout) -> Option<Fitting> {
    if layout.outdated.is_some() {
        return Some(Fitting { newest: FIRST, oldest: FIRST });
    }
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
            Self::Declared(declared) => format!("{role} (ingress-nginx {})", declared.release()),
            Self::Dump(dump) => format!("{role} ({})", dump.name()),
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
            Self::Dump(dump) => fitting(&dump.facts.layout).map(|fitting| fitting.newest),
        }
    }

    /// The tree of the configuration.
    pub(super) fn tree(&self) -> Tree<'_> {
        match self {
            Self::Declared(declared) => declared.written.tree(),
            Self::Dump(dump) => dump.tree(),
        }
    }

    /// A file for the Lua side.
    pub(super) fn dynamic(&self, what: Lua) -> Option<&Value> {
        match self {
            Self::Declared(declared) => declared.lua(what),
            Self::Dump(dump) => dump.lua(what),
        }
    }

    /// The configuration, where it is one.
    pub(super) fn dump(&self) -> Option<&Dump> {
        match self {
            Self::Declared(_) => None,
            Self::Dump(dump) => Some(dump),
        }
    }

    /// The manifests, where it is made of them.
    pub(super) fn declared(&self) -> Option<&Declared> {
        match self {
            Self::Declared(declared) => Some(declared),
            Self::Dump(_) => None,
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
