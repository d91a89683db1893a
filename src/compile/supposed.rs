//! Objects that manifests name and do not hold, as the Secrets that no repository holds: a comparison supposes that they are there, and
//! leaves out what only they decide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::certificate::Placeholder;
use crate::diagnostic::{self, ObjectRef};
use crate::diff::facts::Facts;
use crate::diff::{Change, Kind, Target};
use crate::lower::{self, Absent, Controller};
use crate::manifest::{Cluster, of_namespace};

/// Lines that follow from what a Secret holds, and not from its being named.
const OF_CONTENT: [&str; 4] = ["proxy_ssl_certificate", "proxy_ssl_certificate_key", "proxy_ssl_trusted_certificate", "ssl_crl"];
/// Lines that follow from what a ConfigMap with headers or parameters holds.
const OF_MAPS: [&str; 4] = ["fastcgi_param", "grpc_set_header", "more_set_headers", "proxy_set_header"];
/// Objects of one kind that are named one by one.
const MOST: usize = 10;

/// A Secret or a ConfigMap, and what it holds by its keys.
type Held = (ObjectRef, BTreeMap<String, String>);

/// The objects of one side that are supposed to be there.
#[derive(Debug, Default)]
pub struct Supposed {
    absent: Vec<Absent>,
    /// The other side is a configuration that runs, in which files have names that only the cluster knows.
    is_beside_live: bool,
    /// Which of them a difference with such a word can be about; known when the first difference is there.
    by_word: OnceLock<HashMap<String, Vec<usize>>>,
}

/// All objects of a side that others may not hold.
#[must_use]
pub fn known(cluster: &Cluster) -> BTreeSet<ObjectRef> {
    let secrets = cluster.secrets.iter().map(|object| &object.reference);
    let maps = cluster.config_maps.iter().map(|object| &object.reference);
    let classes = cluster.ingress_classes.iter().map(|object| &object.reference);
    secrets.chain(maps).chain(classes).chain(cluster.services.iter().map(|object| &object.reference)).cloned().collect()
}

/// Whether others of the kind and the namespace of an object are there: then one that is not is missing, and not elsewhere.
#[must_use]
pub fn has_sisters(cluster: &Cluster, ObjectRef { kind, namespace, .. }: &ObjectRef) -> bool {
    match kind.as_str() {
        "Secret" => !of_namespace(&cluster.secrets, namespace).is_empty(),
        "ConfigMap" => !of_namespace(&cluster.config_maps, namespace).is_empty(),
        "Service" => !of_namespace(&cluster.services, namespace).is_empty(),
        "IngressClass" => !cluster.ingress_classes.is_empty(),
        _ => false,
    }
}

impl Supposed {
    /// What objects name and do not hold. What the other side holds is known to be missing here. A class counts where the input holds
    /// none, and the live configuration serves the Ingresses that name it or there is none to say.
    #[must_use]
    pub fn of(cluster: &Cluster, controller: &Controller, facts: Option<&Facts>, elsewhere: &BTreeSet<ObjectRef>) -> Self {
        let mut absent = lower::absent(cluster, controller);
        let is_served = |absent: &Absent| facts.is_none_or(|facts| absent.users.iter().any(|user| facts.owners.contains(user)));
        // Where the input says which classes there are, one that it does not have is another one.
        let is_open = cluster.ingress_classes.is_empty();
        let may_be_there = |absent: &Absent| absent.object.kind != "IngressClass" || is_open && is_served(absent);
        absent.retain(|absent| !elsewhere.contains(&absent.object) && may_be_there(absent));
        Self { absent, is_beside_live: facts.is_some(), by_word: OnceLock::new() }
    }

    fn by_word(&self) -> &HashMap<String, Vec<usize>> {
        self.by_word.get_or_init(|| {
            let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
            for (at, absent) in self.absent.iter().enumerate() {
                words(absent).for_each(|word| by_word.entry(word).or_default().push(at));
            }
            by_word
        })
    }

    /// Whether the Secret of a name, as `namespace/name`, is supposed to be there: nobody knows what it holds.
    #[must_use]
    pub fn holds_secret(&self, name: &str) -> bool {
        let is_it = |object: &ObjectRef| object.kind == "Secret" && name.split_once('/') == Some((&object.namespace, &object.name));
        self.absent.iter().any(|absent| is_it(&absent.object))
    }

    /// The Ingresses that name an object which is supposed to be there, by namespace and name; none for an object that is there.
    #[must_use]
    pub fn users_of(&self, object: &ObjectRef) -> Option<&[(String, String)]> {
        self.absent.iter().find(|absent| absent.object == *object).map(|absent| absent.users.as_slice())
    }

    /// Whether the IngressClass of a name is supposed to be there: nobody knows whose it is.
    #[must_use]
    pub fn holds_class(&self, name: &str) -> bool {
        self.absent.iter().any(|absent| absent.object.kind == "IngressClass" && absent.object.name == name)
    }

    /// The Secrets among them, as `namespace/name`.
    pub fn secrets(&self) -> impl Iterator<Item = String> {
        let secrets = self.absent.iter().map(|absent| &absent.object).filter(|object| object.kind == "Secret");
        secrets.map(|object| format!("{}/{}", object.namespace, object.name))
    }

    /// Of each Secret and ConfigMap among them, the Ingresses that name it, by namespace and name: none where the controller's ConfigMap does.
    pub(super) fn users_of_contents(&self) -> impl Iterator<Item = &[(String, String)]> {
        self.of_kind("Secret").chain(self.of_kind("ConfigMap")).map(|absent| absent.users.as_slice())
    }

    /// Those without which routes are closed, each with the Ingresses that name it, by namespace and name, sorted.
    pub fn contents(&self) -> impl Iterator<Item = (&ObjectRef, &[(String, String)])> {
        self.absent.iter().filter(|absent| absent.closes).map(|absent| (&absent.object, absent.users.as_slice()))
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &Absent> {
        self.absent.iter().filter(move |absent| absent.object.kind == kind)
    }

    /// Adds the classes that have to be there for Ingresses to count.
    pub(super) fn add_classes_to(&self, cluster: &mut Cluster, controller: &Controller) {
        let flags = &controller.flags;
        // The first class of an input takes the place of the one that every installation has.
        let usual = self.of_kind("IngressClass").next().map(|_| flags.ingress_class.as_str());
        for name in self.of_kind("IngressClass").map(|absent| absent.object.name.as_str()).chain(usual) {
            cluster.presume_class(name, &flags.controller_class);
        }
    }

    /// The Secrets and ConfigMaps without which their Ingresses would be closed, with what they may hold.
    ///
    /// # Errors
    /// The system has no random numbers, which the certificate of a Secret takes.
    pub(super) fn held(&self) -> Result<Vec<Held>, rcgen::Error> {
        let secrets: Vec<&Absent> = self.of_kind("Secret").collect();
        let mut held = match secrets.is_empty() {
            true => Vec::new(),
            false => {
                let key = Placeholder::new()?;
                let secret = |absent: &&Absent| Ok((absent.object.clone(), secret(absent, &key)?));
                secrets.par_iter().map(secret).collect::<Result<Vec<_>, rcgen::Error>>()?
            }
        };
        held.extend(self.of_kind("ConfigMap").map(|absent| (absent.object.clone(), BTreeMap::new())));
        Ok(held)
    }

    /// Whether a difference between live and declared lines says only what nobody knows.
    #[must_use]
    pub fn decides(&self, file: &str, change: &Change) -> bool {
        let (words, by_word) = (words_of(change), self.by_word());
        let mut absent = words.iter().filter_map(|word| by_word.get(word)).flatten().map(|at| &self.absent[*at]);
        absent.any(|absent| match (file, absent.object.kind.as_str()) {
            ("nginx.conf", "Secret") => is_of_secret(absent, change, self.is_beside_live),
            ("nginx.conf", "ConfigMap") => is_denied(absent, change) || is_of_map(absent, change),
            ("certificates.json", "Secret") => is_of_certificate(absent, change),
            ("backends.json", "Service") => is_of_service(absent, change),
            _ => false,
        })
    }

    /// What is not compared, a sentence for each object; Services only where endpoints are compared.
    #[must_use]
    pub fn notes(&self, with_services: bool) -> Vec<String> {
        let mut notes = Vec::new();
        for kind in ["IngressClass", "Secret", "ConfigMap", "Service"] {
            let of_kind: Vec<&Absent> = self.absent.iter().filter(|absent| absent.object.kind == kind).collect();
            if kind == "Service" && !with_services {
                continue;
            }
            let shown = diagnostic::room(of_kind.len(), MOST);
            notes.extend(of_kind.iter().take(shown).map(|absent| note(&absent.object)));
            if of_kind.len() > shown {
                notes.push(format!(
                    "the input lacks {} of the kind {kind}: what is decided there is not compared",
                    diagnostic::more(of_kind.len() - shown, "object")
                ));
            }
        }
        notes
    }
}

fn note(object: &ObjectRef) -> String {
    let ObjectRef { kind, namespace, name } = object;
    match kind.as_str() {
        "IngressClass" => format!("the {kind} `{name}` is not in the input: its Ingresses are taken for this controller's"),
        "Service" => format!("the {kind} `{namespace}/{name}` is not in the input: its ports and endpoints are not compared"),
        _ => format!("the {kind} `{namespace}/{name}` is not in the input: what it holds is not compared"),
    }
}

/// What a Secret holds whatever it is for.
fn secret(absent: &Absent, key: &Placeholder) -> Result<BTreeMap<String, String>, rcgen::Error> {
    let mut names = absent.hosts.clone();
    names.insert(0, String::from("supposed"));
    let certificate = key.certificate(&names)?;
    let data =
        [("tls.crt", certificate.clone()), ("tls.key", key.pem.clone()), ("ca.crt", certificate), ("auth", String::from("supposed:x"))];
    Ok(data.map(|(name, value)| (name.to_owned(), value)).into())
}

/// What differences are known by that may be about an object: its users, its hosts, its file, its name and its upstreams.
fn words(absent: &Absent) -> impl Iterator<Item = String> {
    let ObjectRef { namespace, name, .. } = &absent.object;
    let users = absent.users.iter().map(|(namespace, name)| format!("{namespace}/{name}"));
    let own = [format!("{namespace}-{name}.pem"), format!("\"{namespace}/{name}\"")];
    users.chain(absent.hosts.iter().cloned()).chain(own).chain(absent.ports.iter().map(move |port| format!("{namespace}-{name}-{port}")))
}

/// Such words of a difference.
fn words_of(change: &Change) -> Vec<String> {
    let mut words = Vec::from_iter(owner(change).map(|target| format!("{}/{}", target.namespace, target.ingress)));
    words.extend(change.place.host.as_ref().map(ToString::to_string));
    words.extend(change.path.first().map(ToString::to_string));
    for side in [&change.before, &change.after].into_iter().flatten() {
        words.push(side.text.to_string());
        // The name of a file, and what is behind each part of it that may stand before.
        for file in side.text.split(['/', ' ', ';', '"']).filter(|word| word.ends_with(".pem")) {
            words.extend(std::iter::once(file).chain(file.match_indices('-').map(|(at, _)| &file[at + 1..])).map(str::to_owned));
        }
    }
    words
}

fn owner(change: &Change) -> Option<&Target> {
    [&change.place.before, &change.place.after].into_iter().flatten().map(|target| &**target).find(|target| !target.ingress.is_empty())
}

fn is_of_user(absent: &Absent, change: &Change) -> bool {
    owner(change).is_some_and(|target| absent.users.binary_search(&(target.namespace.clone(), target.ingress.clone())).is_ok())
}

/// The live controller answers by itself, as it does where the object is not in the cluster either.
fn is_denied(absent: &Absent, change: &Change) -> bool {
    let is_of_host = || {
        change.place.location.is_none()
            && change.place.host.as_ref().is_some_and(|host| absent.hosts.binary_search_by(|known| (**known).cmp(host)).is_ok())
    };
    change.kind == Kind::Removed && &*change.name == "return" && (is_of_user(absent, change) || is_of_host())
}

fn is_of_secret(absent: &Absent, change: &Change, is_beside_live: bool) -> bool {
    let ObjectRef { namespace, name, .. } = &absent.object;
    let file = format!("{namespace}-{name}.pem");
    let names = |side: &Option<crate::diff::Side>| side.as_ref().is_some_and(|side| side.text.contains(&file));
    let is_one_sided = matches!(change.kind, Kind::Added | Kind::Removed);
    let directive = change.name.split(' ').next().unwrap_or_default();
    // The name of a file of passwords holds the identity of the Secret.
    let is_password_file =
        is_beside_live && change.kind == Kind::Changed && matches!(directive, "auth_basic_user_file" | "auth_digest_user_file");
    is_denied(absent, change)
        || is_password_file && is_of_user(absent, change)
        || is_one_sided && OF_CONTENT.contains(&directive) && (names(&change.before) || names(&change.after))
}

fn is_of_map(absent: &Absent, change: &Change) -> bool {
    let directive = change.name.split(' ').next().unwrap_or_default();
    change.kind == Kind::Removed && OF_MAPS.contains(&directive) && is_of_user(absent, change)
}

/// Which certificate a host has where its Secret may not be there, or not be for the host.
fn is_of_certificate(absent: &Absent, change: &Change) -> bool {
    let ObjectRef { namespace, name, .. } = &absent.object;
    let is = |side: &Option<crate::diff::Side>, text: &str| side.as_ref().is_some_and(|side| side.text == text);
    let is_without = change.before.is_none() || is(&change.before, "\"default\"") || is(&change.before, "\"\"");
    is_without && is(&change.after, &format!("\"{namespace}/{name}\""))
}

fn is_of_service(absent: &Absent, change: &Change) -> bool {
    let ObjectRef { namespace, name, .. } = &absent.object;
    let [upstream, key, ..] = change.path.as_slice() else { return false };
    let is_its = || absent.ports.iter().any(|port| **upstream == *format!("{namespace}-{name}-{port}"));
    matches!(&**key, "service" | "endpoints" | "port") && is_its()
}
