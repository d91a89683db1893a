//! Manifests and what they come to, as the controller of a certain pod would have it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use hashbrown::HashSet;
use k8s_openapi::api::networking::v1::Ingress;
use serde_json::Value;

use super::bearing::may_bear;
use super::supposed::Supposed;
use super::written::{Lua, Written};
use crate::catalog::features::password_auth;
use crate::catalog::releases::FIRST;
use crate::catalog::releases::{self, Fitting};
use crate::conf::{self, Tree};
use crate::diagnostic::{Diagnostic, ObjectRef, Outcome};
use crate::diff::facts::Facts;
use crate::diff::layout::Layout;
use crate::emit::{ByHost, IngressNginx, Options, Target as _};
use crate::ir::Proxy;
use crate::lower::{self, Controller};
use crate::manifest::{Cluster, Object};
use crate::source::{SourceMap, Span};

/// Manifests that were read, and whom they are for.
#[derive(Debug)]
pub struct Input {
    /// All texts.
    pub sources: SourceMap,
    /// The objects.
    pub cluster: Cluster,
    /// The controller.
    pub controller: Controller,
    /// The releases that a live configuration fits, where nothing else says which one it is.
    pub guess: Option<Fitting>,
    /// What was found when they were read.
    pub findings: Vec<Diagnostic>,
}

/// Under which circumstances manifests are compiled.
#[derive(Debug, Default)]
pub struct Circumstances<'f> {
    /// What a live configuration tells of the pod that wrote it.
    pub facts: Option<&'f Facts>,
    /// The machine is the one that was named, and not that of the pod.
    pub keep_environment: bool,
    /// Objects of which it is known that the input lacks them.
    pub missing: BTreeSet<ObjectRef>,
    /// The hosts that are asked about; none: all. What is written is for them alone.
    pub hosts: Option<Vec<String>>,
    /// What the manifests come to without what is supposed is asked as well.
    pub bare: bool,
}

/// Manifests and what they come to.
#[derive(Debug)]
pub struct Declared {
    /// The manifests.
    pub input: Input,
    /// What the proxy shall do.
    pub proxy: Proxy,
    /// What is supposed to be there.
    pub supposed: Supposed,
    /// What the proxy would do for those hosts that are asked about where no Secret and no ConfigMap is there that is supposed; none
    /// where nobody asks, or none is that may bear on them.
    pub bare: Option<Proxy>,
    /// What was found on the way from the manifests.
    pub findings: Vec<Diagnostic>,
    hosts: Option<Vec<String>>,
    /// Whether the pod may listen on IPv6, as far as it is known.
    may_use_ipv6: bool,
    /// Written when it is first asked for: a target of its own needs no other text.
    written: OnceLock<Written>,
    /// The files of that for Lua, where nobody has asked for the whole.
    told: [OnceLock<Option<Value>>; Lua::ALL.len()],
}

impl Declared {
    /// Compiles manifests.
    ///
    /// # Errors
    /// The system has no random numbers, which a certificate that is supposed to be there takes.
    pub fn new(mut input: Input, circumstances: &Circumstances) -> Result<Self, rcgen::Error> {
        let Circumstances { facts, keep_environment, missing, hosts, bare } = circumstances;
        let supposed = Supposed::of(&input.cluster, &input.controller, *facts, missing);
        supposed.add_classes_to(&mut input.cluster, &input.controller);
        let facts = facts.cloned().unwrap_or_default();
        if !keep_environment {
            adopt_environment(&mut input, &facts);
        }
        // A pod can have IPv6 and not listen there; that the ConfigMap says so need not be in the manifests.
        let may_use_ipv6 = *keep_environment || facts.listens_on_ipv6 != Some(false);
        // Which file holds the certificate depends on the pod, unless an argument says so.
        let file = facts.default_certificate.as_ref().filter(|_| !keep_environment);
        let compile = |input: &mut Input| {
            adopt_identities(input, &facts);
            let mut lowered = lower::lower(&input.cluster, &input.controller);
            let proxy = &mut lowered.value;
            proxy.runtime.ipv6 &= may_use_ipv6;
            if let Some(file) = file.filter(|_| input.controller.flags.default_ssl_certificate.is_empty()) {
                proxy.default_certificate.file.clone_from(file);
            }
            lowered
        };
        // Before they are there: to take them out again, all objects would have to be there twice.
        let is_bare_asked = *bare && may_bear(&supposed, &input.cluster, hosts.as_deref());
        let bare = || is_bare_asked.then(|| part_of(&compile(&mut input).value, hosts.as_deref()).into_owned());
        let (bare, held) = rayon::join(bare, || supposed.held());
        input.cluster.presume(held?);
        let Outcome { value: proxy, diagnostics: findings } = compile(&mut input);
        let (written, told) = Default::default();
        Ok(Self { input, proxy, supposed, bare, findings, hosts: hosts.clone(), may_use_ipv6, written, told })
    }

    /// What the proxy shall do, as far as it is asked about.
    #[must_use]
    pub fn asked(&self) -> Cow<'_, Proxy> {
        part_of(&self.proxy, self.hosts.as_deref())
    }

    /// Gives up the objects, for whoever asks for nothing but what they come to: they take most of what is read.
    pub fn forget_objects(&mut self) {
        self.input.cluster = Cluster::default();
    }

    /// What it is written as.
    #[must_use]
    pub fn written(&self) -> &Written {
        self.written.get_or_init(|| Written::of(&self.asked()))
    }

    /// The tree of the configuration.
    #[must_use]
    pub fn tree(&self) -> Tree<'_> {
        self.written().tree()
    }

    /// Passes on the configuration in portions of which each is a smaller one, with its length in bytes: what is written for one is given
    /// up with it.
    pub fn portions(&self, take: &mut (dyn FnMut(&Tree<'_>, usize) + Send)) {
        let mut read = |_: &str, text: &str| take(&conf::parse(Span::NOWHERE.file, text).value, text.len());
        let _ = IngressNginx.render_for_checks(&self.asked(), &Options::default(), &mut read);
    }

    /// The configuration by its hosts.
    #[must_use]
    pub fn by_host(&self) -> ByHost<'_> {
        ByHost::new(&self.proxy)
    }

    /// What the proxy would do for other objects under the same circumstances.
    #[must_use]
    pub fn proxy_of(&self, cluster: &Cluster, controller: &Controller) -> Proxy {
        let mut proxy = lower::lower(cluster, controller).value;
        proxy.form = self.proxy.form;
        proxy.runtime.ipv6 &= self.may_use_ipv6;
        if controller.flags.default_ssl_certificate == self.input.controller.flags.default_ssl_certificate {
            proxy.default_certificate = self.proxy.default_certificate.clone();
        }
        proxy
    }

    /// The same, as far as it is asked about.
    #[must_use]
    pub fn asked_of(&self, cluster: &Cluster, controller: &Controller) -> Proxy {
        let proxy = self.proxy_of(cluster, controller);
        match &self.hosts {
            Some(hosts) => proxy.part_for(hosts),
            None => proxy,
        }
    }

    /// The objects that may have a part in what is asked about: in the part of others that is written, nothing need be as it is with all of
    /// them. None where all is asked about.
    #[must_use]
    pub fn asked_objects(&self) -> Option<Cluster> {
        self.hosts.as_ref()?;
        let asked = self.asked();
        let hosts: HashSet<&str> = asked.servers.iter().map(|server| server.hostname.as_str()).collect();
        let is_wanted = |ingress: &Object<Ingress>| {
            let rules = ingress.rules();
            rules.is_empty() || rules.iter().any(|rule| rule.host.as_deref().is_none_or(|host| host.is_empty() || hosts.contains(host)))
        };
        let flags = &self.input.controller.flags;
        Some(self.input.cluster.part(is_wanted, &[&flags.default_backend_service, &flags.default_ssl_certificate]))
    }

    /// Writes it in the words of another release.
    pub fn reword(&mut self, other: &Self) {
        let form = self.proxy.form.worded_as(other.proxy.form);
        if form != self.proxy.form {
            self.proxy.form = form;
            (self.written, self.told) = Default::default();
        }
    }

    /// What the controller would tell Lua.
    #[must_use]
    pub fn lua(&self, what: Lua) -> Option<&Value> {
        match self.written.get() {
            Some(written) => written.lua(what),
            None => self.told[what as usize].get_or_init(|| Written::one(&self.asked(), what)).as_ref(),
        }
    }

    /// Whether the controller would tell Lua anything of the kind.
    #[must_use]
    pub fn tells(&self, what: Lua) -> bool {
        IngressNginx::writes(&self.proxy, what.file())
    }

    /// The release in words, and whether it is a guess.
    #[must_use]
    pub fn release(&self) -> String {
        let version = self.input.controller.version;
        match self.input.guess {
            Some(Fitting { newest, oldest }) if newest != oldest => {
                format!("{version}, a guess: the live configuration fits {oldest} to {newest}")
            }
            _ => version.to_string(),
        }
    }

    /// Whether it does what only the releases before 1.12 have words for.
    #[must_use]
    pub fn needs_old_words(&self) -> bool {
        let settings = &self.proxy.settings;
        !settings.global_limits.host.is_empty() || !settings.process.plugins.is_empty()
    }
}

/// The part of a proxy that is for some hosts, or all of it.
fn part_of<'p>(proxy: &'p Proxy, hosts: Option<&[String]>) -> Cow<'p, Proxy> {
    hosts.map_or(Cow::Borrowed(proxy), |hosts| Cow::Owned(proxy.part_for(hosts)))
}

/// The releases of the controller that write such a configuration; none where it shows nothing of it.
#[must_use]
pub fn fitting(layout: &Layout) -> Option<Fitting> {
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
fn adopt_environment(input: &mut Input, facts: &Facts) {
    let environment = &mut input.controller.environment;
    environment.processors = facts.processors.unwrap_or(environment.processors);
    environment.open_files = facts.open_files.unwrap_or(environment.open_files);
    environment.somaxconn = facts.somaxconn.unwrap_or(environment.somaxconn);
    environment.ipv6 = facts.ipv6.unwrap_or(environment.ipv6);
    if let Some(resolvers) = &facts.resolvers {
        environment.resolvers.clone_from(resolvers);
    }
}

/// Gives objects the identities that the cluster gave them: manifests in Git have none, and names of files hold them.
fn adopt_identities(input: &mut Input, facts: &Facts) {
    let annotation = format!("{}/{}", input.controller.flags.annotations_prefix, password_auth::SECRET.spec.name);
    for ingress in &mut input.cluster.ingresses {
        let owner = (ingress.reference.namespace.clone(), ingress.reference.name.clone());
        if let Some(identity) = facts.ingresses.get(&owner) {
            ingress.value.metadata.uid = Some(identity.clone());
        }
        let Some(identity) = facts.password_secrets.get(&owner) else { continue };
        let named = ingress.value.metadata.annotations.as_ref().and_then(|annotations| annotations.get(&annotation));
        let Some(named) = named else { continue };
        let (namespace, name) = named.trim().split_once('/').unwrap_or((&owner.0, named.trim()));
        let secrets = &mut input.cluster.secrets;
        // The list is sorted by namespace and name.
        let found = secrets
            .binary_search_by(|secret| (secret.reference.namespace.as_str(), secret.reference.name.as_str()).cmp(&(namespace, name)));
        if let Ok(at) = found {
            secrets[at].value.metadata.uid = Some(identity.clone());
        }
    }
}
