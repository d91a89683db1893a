//! What is asked: manifests, compiled, or a configuration that runs somewhere.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use hashbrown::{HashMap, HashSet};

use super::open_endpoints::{self, OpenEndpoints, upstreams};
use crate::cli::controller::ControllerOptions;
use crate::cli::dump::Live;
use crate::cli::side::{self, Half, Origin};
use crate::cli::{Failure, Global};
use crate::compare::{Dump, Side};
use crate::compile::{Circumstances, Declared, Input, Lua, Written, has_sisters};
use crate::conf::{Directive, Tree};
use crate::diagnostic::ObjectRef;
use crate::emit::{FileName, IngressNginx, Nginx, Options, Target as _};
use crate::ir::{DEFAULT_UPSTREAM, Proxy, SecretUse};
use crate::lower;
use crate::prove::{Reference, Unheld};
use crate::route::{Dynamic, Service};

/// Where the configuration is that is asked.
#[derive(Debug, Args)]
pub(super) struct SourceArgs {
    /// A configuration that runs: nginx.conf, the output of `nginx -T`, or a folder with nginx.conf, backends.json, certificates.json and
    /// lua.json
    #[arg(long, value_name = "FILE|DIR", value_hint = clap::ValueHint::AnyPath)]
    pub(super) live: Option<PathBuf>,
    /// The answer of the controller at /configuration/backends
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "live")]
    live_backends: Option<PathBuf>,
    /// The controller's settings for Lua, /etc/nginx/lua/cfg.json in its pod
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "live")]
    live_lua: Option<PathBuf>,
    /// Which host has which certificate, in the form of certificates.json of `render -o`
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "live")]
    live_certificates: Option<PathBuf>,
    /// Ask what `render --target` writes for this target
    #[arg(long, value_name = "ingress-nginx|nginx", value_parser = ["ingress-nginx", "nginx"], default_value = "ingress-nginx")]
    #[arg(hide_possible_values = true, hide_default_value = true, conflicts_with = "live")]
    target: String,
    #[command(flatten)]
    controller: ControllerOptions,
}

/// Objects that are named and missing among others.
fn missing(input: &Input) -> BTreeSet<ObjectRef> {
    let absent = lower::absent(&input.cluster, &input.controller).into_iter().map(|absent| absent.object);
    absent.filter(|object| has_sisters(&input.cluster, object)).collect()
}

/// Services behind upstreams that ask for a port which the Service does not name, and behind the groups that an upstream is cut into.
fn by_upstreams(declared: &Declared) -> Vec<(String, Service)> {
    let objects = declared.input.cluster.services.iter().map(|object| &object.reference);
    let known: HashMap<String, _> = objects.map(|service| (format!("{}-{}", service.namespace, service.name), service)).collect();
    let (mut all, mut names) = (Vec::new(), HashMap::new());
    for upstream in &declared.proxy.upstreams {
        let port = upstream.port.to_string();
        let Some(service) = upstream.name.strip_suffix(&format!("-{port}")).and_then(|name| known.get(name)) else { continue };
        for name in std::iter::once(upstream.name.clone()).chain(Nginx::groups(upstream)) {
            let service = Service { namespace: service.namespace.clone(), name: service.name.clone(), port: Some(port.clone()) };
            all.push((name, service));
        }
        // One name outside may stand for several Services: then it is nobody's.
        let outside = upstream.endpoints.iter().chain(&upstream.dns).filter(|endpoint| !endpoint.is_address());
        for endpoint in outside {
            let service = Service { namespace: service.namespace.clone(), name: service.name.clone(), port: Some(port.clone()) };
            let known = names.entry(format!("{}:{}", endpoint.address, endpoint.port)).or_insert_with(|| Some(service.clone()));
            *known = known.take().filter(|known| *known == service);
        }
    }
    all.extend(names.into_iter().filter_map(|(name, service)| Some((name, service?))));
    all
}

/// All of them, and that of the default backend.
fn services(declared: &Declared) -> Vec<(String, Service)> {
    let default = declared.input.controller.flags.default_backend_service.split_once('/');
    let default = default.map(|(namespace, name)| {
        (DEFAULT_UPSTREAM.to_owned(), Service { namespace: namespace.to_owned(), name: name.to_owned(), port: None })
    });
    upstreams(declared.input.cluster.services.iter()).chain(by_upstreams(declared)).chain(default).collect()
}

/// The certificates of hosts, by the files that they are written to.
fn certificates(proxy: &Proxy) -> impl Iterator<Item = (String, String)> {
    let of_hosts = proxy.servers.iter().filter_map(|server| server.certificate.as_deref()).map(|certificate| certificate.name.as_str());
    let file = |name: &str| FileName::of_secret(SecretUse::Certificate, name).to_string();
    let default = proxy.default_certificate.name.as_str();
    let secret = move |name: &str| if name == default { String::new() } else { name.to_owned() };
    of_hosts.chain([default]).map(move |name| (file(name), secret(name)))
}

/// A configuration that can be asked.
pub(super) struct Source {
    /// Where it comes from.
    pub(super) side: Side,
    /// What it is written as, where that is not what the controller writes.
    rewritten: Option<Written>,
    /// How that is written.
    options: Options,
}

impl SourceArgs {
    /// The configuration that runs.
    pub(super) fn live(&self) -> Result<Option<Source>, Failure> {
        let Some(path) = &self.live else { return Ok(None) };
        let given = [(Lua::Backends, &self.live_backends), (Lua::Settings, &self.live_lua), (Lua::Certificates, &self.live_certificates)];
        let lua = given.into_iter().filter_map(|(what, path)| Some((what, path.clone()?))).collect();
        let dump = Live { path: path.clone(), lua }.read()?;
        Ok(Some(Source::of_dump(dump)))
    }

    /// The one configuration that is asked: what runs, else what manifests come to, or what of that is for some hosts.
    pub(super) fn one(&self, hosts: Option<Vec<String>>, paths: &[PathBuf], global: &Global) -> Result<Source, Failure> {
        self.live()?.map_or_else(|| self.declared_for((hosts, false), paths, global, None), Ok)
    }

    /// One side of two: manifests, or a configuration that was written.
    pub(super) fn side(&self, paths: &[PathBuf], global: &Global, other: Option<&Source>) -> Result<Source, Failure> {
        match Origin::of(paths)? {
            Origin::Live(live) => Ok(Source::of_dump(live.read()?)),
            Origin::Manifests(paths) => self.declared(&paths, global, other),
        }
    }

    /// What manifests come to, as the controller of the other side where there is one: those of the current folder where none are named.
    /// What they name and do not hold is supposed to be there, unless others of its kind and namespace are.
    pub(super) fn declared(&self, paths: &[PathBuf], global: &Global, live: Option<&Source>) -> Result<Source, Failure> {
        self.declared_for((None, false), paths, global, live)
    }

    /// The same, as far as requests for some hosts come by it; and whether it is asked what becomes of them without what is supposed.
    pub(super) fn declared_for(
        &self,
        (hosts, bare): (Option<Vec<String>>, bool),
        paths: &[PathBuf],
        global: &Global,
        live: Option<&Source>,
    ) -> Result<Source, Failure> {
        let facts = live.and_then(|live| live.side.dump()).map(|dump| &dump.facts);
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here } else { paths };
        let input = side::read(paths, &self.controller, global, facts)?;
        if let Some(path) = paths.iter().find(|path| input.cluster.ingresses.is_empty() && side::is_live(path)) {
            let path = path.display();
            return Err(anyhow!("`{path}` holds no Ingress: where it is a configuration that runs, `--live {path}` asks it").into());
        }
        let missing = missing_for(&[self.target.as_str()], &input);
        // What is written for nginx itself is always whole: groups of servers there depend on all that lead to them.
        let hosts = hosts.filter(|_| self.target != Nginx.name());
        let declared = side::compile(input, &Circumstances { facts, keep_environment: true, missing, hosts, bare })?;
        Ok(Source::of(Side::Declared(Box::new(declared)), &self.target, Options::default()))
    }
}

/// The same where what is written for one of these targets is asked: what `render` leaves out for its class is in it no more than in that.
fn missing_for(targets: &[&str], input: &Input) -> BTreeSet<ObjectRef> {
    let mut all = missing(input);
    if targets.contains(&Nginx.name()) {
        all.extend(unknown_classes(input).map(|(class, _)| class));
    }
    all
}

/// The classes that Ingresses name and of which nobody knows whose they are, and how many Ingresses each has.
fn unknown_classes(input: &Input) -> impl Iterator<Item = (ObjectRef, usize)> {
    let absent = lower::absent(&input.cluster, &input.controller).into_iter();
    absent.filter(|absent| absent.object.kind == "IngressClass").map(|absent| (absent.object, absent.users.len()))
}

/// Gives Secrets an identity by their names, and by the side where the other one holds something else in it: files of passwords are called
/// after it, and would be called alike without one, or alike whatever they hold.
fn tell_secrets_apart(inputs: &mut [Option<Input>; 2]) {
    let [Some(base), Some(head)] = inputs else { return };
    let held = |input: &Input| -> HashMap<ObjectRef, _> {
        input.cluster.secrets.iter().map(|secret| (secret.reference.clone(), secret.value.data.clone())).collect()
    };
    let (of_base, of_head) = (held(base), held(head));
    for (input, others, side) in [(base, &of_head, "base"), (head, &of_base, "head")] {
        for secret in &mut input.cluster.secrets {
            let name = &secret.reference.name;
            let is_other = others.get(&secret.reference).is_some_and(|other| *other != secret.value.data);
            secret.value.metadata.uid = Some(if is_other { format!("{name}.{side}") } else { name.clone() });
        }
    }
}

/// Both sides, each with what its manifests are written for, and how.
pub(super) fn pair(halves: [Half<'_>; 2], targets: [&str; 2], options: &Options, global: &Global) -> Result<[Source; 2], Failure> {
    let missing = |input: &Input| missing_for(&targets, input);
    let [base, head] = side::pair(halves, global, false, missing, tell_secrets_apart)?;
    Ok([Source::of(base, targets[0], options.clone()), Source::of(head, targets[1], options.clone())])
}

/// What Lua gets on both sides. What manifests leave open is taken from what runs, where that is the other side; whether it was.
pub(super) fn dynamics(sources: &[Source; 2]) -> ([Dynamic; 2], bool) {
    let mut all: [Dynamic; 2] = rayon::join(|| sources[0].dynamic(), || sources[1].dynamic()).into();
    let [base, head] = &mut all;
    let is_settled = match [&sources[0].side, &sources[1].side] {
        [Side::Declared(declared), Side::Dump(_)] => settle(base, head, declared),
        [Side::Dump(_), Side::Declared(declared)] => settle(head, base, declared),
        _ => false,
    };
    (all, is_settled)
}

fn settle(open: &mut Dynamic, known: &Dynamic, declared: &Declared) -> bool {
    let secrets: HashSet<String> = declared.supposed.secrets().collect();
    open.settle_by(known, |secret| secrets.contains(secret))
}

/// What the controller tells Lua of a proxy.
fn told(proxy: &Proxy) -> Dynamic {
    let [certificates, settings] = [Lua::Certificates, Lua::Settings].map(|what| Written::one(proxy, what));
    Dynamic::new(None, certificates.as_ref(), settings.as_ref()).with_backends(proxy.upstreams.iter().map(IngressNginx::backend))
}

/// What is written for nginx itself.
fn of_nginx(proxy: &Proxy, options: &Options) -> Written {
    Written::of_files(Nginx.render(proxy, options).value)
}

impl Source {
    /// What runs, as it is.
    fn of_dump(dump: Dump) -> Self {
        Self { side: Side::Dump(Box::new(dump)), rewritten: None, options: Options::default() }
    }

    /// A side, written for a target where it is made of manifests.
    fn of(side: Side, target: &str, options: Options) -> Self {
        let rewritten = side.declared().filter(|_| target == Nginx.name()).map(|declared| of_nginx(&declared.proxy, &options));
        Self { side, rewritten, options }
    }

    /// The tree of the configuration.
    pub(super) fn tree(&self) -> Tree<'_> {
        self.rewritten.as_ref().map_or_else(|| self.side.tree(), Written::tree)
    }

    /// What the manifests of the side are written as.
    pub(super) fn written<'s>(&'s self, declared: &'s Declared) -> &'s Written {
        self.rewritten.as_ref().unwrap_or_else(|| declared.written())
    }

    /// Writes what other manifests would come to in the same way.
    pub(super) fn write(&self, proxy: &Proxy) -> Written {
        match self.rewritten {
            Some(_) => of_nginx(proxy, &self.options),
            None => Written::of(proxy),
        }
    }

    /// What manifests come to, where it can be written host by host.
    pub(super) fn in_hosts(&self) -> Option<&Declared> {
        self.side.declared().filter(|_| self.rewritten.is_none())
    }

    /// What manifests come to, where it can be passed on portion by portion: it is given up what they hold.
    pub(super) fn in_portions(&mut self) -> Option<&Declared> {
        if let (Side::Declared(declared), None) = (&mut self.side, &self.rewritten) {
            declared.forget_objects();
        }
        self.in_hosts()
    }

    /// What is written where nothing is there that is supposed to be, and what Lua gets then; none where nothing is supposed.
    pub(super) fn bare(&self) -> Option<(Written, Dynamic)> {
        let bare = self.side.declared()?.bare.as_ref()?;
        let dynamic = if self.rewritten.is_some() { Dynamic::default() } else { told(bare) };
        Some((self.write(bare), self.with_objects(dynamic)))
    }

    /// What Lua gets, where the controller writes it.
    pub(super) fn dynamic(&self) -> Dynamic {
        self.with_objects(match &self.side {
            _ if self.rewritten.is_some() => Dynamic::default(),
            Side::Declared(declared) => told(&declared.asked()),
            Side::Dump(dump) => Dynamic::new(dump.lua(Lua::Backends), dump.lua(Lua::Certificates), dump.lua(Lua::Settings)),
        })
    }

    /// The same, with what manifests say of whose it is.
    fn with_objects(&self, dynamic: Dynamic) -> Dynamic {
        let dynamic = dynamic.with_services(self.side.declared().map(services).unwrap_or_default());
        let rewritten = self.side.declared().filter(|_| self.rewritten.is_some());
        let dynamic = dynamic.with_certificate_files(rewritten.into_iter().flat_map(|declared| certificates(&declared.proxy)));
        let Some(declared) = self.side.declared() else { return dynamic };
        let open = OpenEndpoints::of(&declared.input.cluster);
        dynamic.without_endpoints(|upstream| open.holds(upstream))
    }

    /// Whether the controller writes it, or we in its place.
    pub(super) fn is_of_controller(&self, tree: &Tree<'_>) -> bool {
        let is_dynamic =
            |server: Directive<'_>| server.directives().any(|directive| directive.name().starts_with("ssl_certificate_by_lua"));
        self.side.dump().is_none() || tree.servers().any(is_dynamic)
    }

    /// Which of two sides it is.
    pub(super) fn role(&self) -> &'static str {
        if self.side.dump().is_some() { "live" } else { "declared" }
    }

    /// What manifests name and do not hold, where it is not known what is in it.
    pub(super) fn unheld(&self) -> Option<Unheld<'_>> {
        let contents = self.side.declared()?.supposed.contents();
        Some(contents.map(|(ObjectRef { kind, namespace, name }, users)| (Reference { kind, namespace, name }, users)).collect())
    }

    /// What an answer does not rest on, in sentences.
    pub(super) fn notes(&self, is_of_controller: bool) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(declared) = self.side.declared() {
            if declared.input.cluster.ingresses.is_empty() {
                notes.push(String::from("no Ingress is in the input: every host is one that nobody serves"));
            }
            notes.extend(open_endpoints::note(&declared.input.cluster));
            notes.extend(declared.supposed.notes(false).into_iter().map(|note| note.replace("is not compared", "is not known")));
            if self.rewritten.is_some() {
                notes.extend(unknown_classes(&declared.input).map(|(class, count)| {
                    let are = if count == 1 { "Ingress is" } else { "Ingresses are" };
                    format!("{count} {are} not written and not compared, as nobody knows whose the class `{}` is", class.name)
                }));
            }
        }
        if self.side.dump().is_some() && is_of_controller {
            for (what, part) in [
                (Lua::Backends, "whether backends have endpoints, and canaries"),
                (Lua::Certificates, "which certificates hosts have, and whether they redirect to HTTPS for that"),
            ] {
                if !self.side.tells(what) {
                    notes.push(format!("`{}` is not there: {part} are not known", what.file()));
                }
            }
        }
        notes
    }
}
