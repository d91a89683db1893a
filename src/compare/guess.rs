//! Values that another side seems to have given to arguments, keys and annotations: what its lines say, and the own lines do not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Service;

use super::raw;
use super::seen::Seen;
use crate::catalog::flags::Flag;
use crate::catalog::key::{Kind, Spec};
use crate::catalog::settings::{self, Setting};
use crate::cause;
use crate::compile::Lua;
use crate::diagnostic::ObjectRef;
use crate::ir::DEFAULT_UPSTREAM;
use crate::lower::Controller;
use crate::manifest::{Cluster, Object};

/// Of one name, more values than these are not tried.
const MOST: usize = 3;
/// Longer lists are not tried.
const MOST_LISTED: usize = 8;
/// In more lines than these objects are not looked for.
const MOST_LINES: usize = 500;
/// Of a name that knows objects, more than these are not tried.
const MOST_OBJECTS: usize = 8;
/// Of a name that knows more words than these, all are not tried.
const MOST_WORDS: usize = 5;
/// Label of an EndpointSlice that names its Service.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";

/// The annotations and keys that name a ConfigMap.
const OF_MAPS: [&str; 5] = ["add-headers", "auth-proxy-set-headers", "custom-headers", "fastcgi-params-configmap", "proxy-set-headers"];

fn is_of_secret(name: &str) -> bool {
    name.ends_with("-secret")
}

/// Whether an annotation or a key names an object, without which the controller closes a route.
pub(super) fn names_object(name: &str) -> bool {
    is_of_secret(name) || OF_MAPS.contains(&name)
}

/// What the catalog says of an annotation or a key.
#[derive(Clone, Copy)]
pub(super) struct Name {
    /// Its name, without a prefix.
    pub(super) name: &'static str,
    /// The directives that it governs.
    pub(super) directives: &'static [&'static str],
    /// The words that it knows, where these are few.
    words: &'static [&'static str],
}

impl From<&'static Spec> for Name {
    fn from(spec: &'static Spec) -> Self {
        let words = if spec.kind == Kind::Bool { &[] } else { spec.check.allowed() };
        Self { name: spec.name, directives: spec.directives, words }
    }
}

impl From<&'static Setting> for Name {
    fn from(setting: &'static Setting) -> Self {
        Self { name: setting.name, directives: setting.directives, words: setting.words }
    }
}

/// Differences, and which of their texts is that of the side with the manifests.
#[derive(Clone, Copy)]
pub(super) struct Guesses<'s> {
    pub(super) seen: &'s [Seen],
    pub(super) own: usize,
    /// Nothing else explains them: they can be raw configuration, where the catalog says no more of them than their names.
    pub(super) is_raw: bool,
}

impl<'s> Guesses<'s> {
    /// The words of the other side that an argument can have put there.
    pub(super) fn of_argument(self, flag: &Flag, cluster: &Cluster, controller: &Controller) -> Vec<String> {
        let value = flag.value_in(&controller.flags);
        let values: BTreeSet<String> = match flag.name {
            "http-port" | "https-port" | "ssl-passthrough-proxy-port" | "default-server-port" | "status-port" | "stream-port" => {
                self.ports().collect()
            }
            "health-check-path" => self.locations().map(str::to_owned).collect(),
            "default-backend-service" => self.default_backends(cluster).collect(),
            "default-ssl-certificate" => self.certificates().collect(),
            "maxmind-edition-ids" => self.editions(&value).into_iter().collect(),
            "v" => self.verbosity().map(str::to_owned).into_iter().collect(),
            "configmap" => maps(cluster, |key| settings::find(key).is_some()),
            "tcp-services-configmap" | "udp-services-configmap" => {
                let lines: BTreeSet<&str> = self.texts().into_iter().filter_map(|text| text.strip_prefix("listen ")).collect();
                maps(cluster, |port| lines.iter().any(|line| line.split([' ', ';', ':']).any(|word| word == port)))
            }
            _ => BTreeSet::new(),
        };
        values.into_iter().filter(|found| *found != value).take(MOST).collect()
    }

    /// Values that an annotation or a key can have on the other side: the opposite of a switch, another of the few words that it knows,
    /// raw configuration, objects of the kind that it names, and words of the lines that it is about.
    pub(super) fn of_name(self, name: Name, value: &str, cluster: &Cluster) -> Vec<String> {
        match value {
            "true" => return vec![String::from("false")],
            "false" => return vec![String::from("true")],
            _ => {}
        }
        let others = name.words.iter().filter(|word| !word.eq_ignore_ascii_case(value));
        // Where any case is accepted, only that of the example need have an effect.
        let is_upper = value.bytes().any(|byte| byte.is_ascii_uppercase());
        let others: Vec<String> = others.map(|word| if is_upper { word.to_uppercase() } else { (*word).to_owned() }).collect();
        let Name { name, directives, .. } = name;
        if (1..=MOST_WORDS).contains(&others.len()) {
            return others;
        }
        if raw::is_raw(name) {
            // What the catalog knows can be of another name, unless the text holds it.
            let is_in = |seen: &Seen| seen.text(self.own).is_some_and(|own| value.contains(own));
            let is_block = |seen: &Seen| seen.lost.is_some() || seen.text(self.own).is_some_and(|own| own.ends_with("{ … }"));
            let is_likely = |seen: &&Seen| !cause::is_governed(&seen.name) || is_in(seen) || is_block(seen);
            let lines = self
                .seen
                .iter()
                .filter(|seen| raw::is_about(name, seen))
                .filter(|seen| self.is_raw && cause::is_manifold(&seen.name) || is_likely(seen));
            return raw::texts(lines, self.own, value).into_iter().take(MOST).collect();
        }
        if name.starts_with("bind-address") {
            return self.addresses().collect();
        }
        let is_about = |seen: &Seen| seen.may_come_from(directives);
        let objects: Box<dyn Iterator<Item = &ObjectRef>> = match name {
            name if is_of_secret(name) => Box::new(cluster.secrets.iter().map(|secret| &secret.reference)),
            "default-backend" => return self.services(cluster, value),
            name if OF_MAPS.contains(&name) => Box::new(cluster.config_maps.iter().map(|map| &map.reference)),
            _ => return self.words(is_about),
        };
        // Those first that the lines of the other side name.
        let texts = self.texts();
        let is_named = |object: &ObjectRef| texts.iter().any(|text| text.contains(&object.name));
        let (named, others): (Vec<&ObjectRef>, Vec<&ObjectRef>) = objects.partition(|object| is_named(object));
        let names = named.into_iter().chain(others).map(|object| format!("{}/{}", object.namespace, object.name));
        // A route that the other side closes can name what is not there.
        let is_closed = self.seen.iter().any(|seen| seen.is_denial() && seen.is_lost(self.own));
        let absent = is_closed.then(|| format!("{value}-absent"));
        absent.into_iter().chain(names.filter(|known| known != value).take(MOST_OBJECTS)).collect()
    }

    /// What the lines of the other side say, and what is in its blocks.
    fn texts(self) -> Vec<&'s str> {
        self.seen.iter().flat_map(Seen::lines).filter_map(|seen| self.other(seen)).take(MOST_LINES).collect()
    }

    /// Names of Services that the lines of the other side hold.
    fn services(self, cluster: &Cluster, value: &str) -> Vec<String> {
        let texts = self.texts();
        let is_named = |name: &&str| *name != value && texts.iter().any(|text| text.contains(name));
        let names: BTreeSet<&str> = cluster.services.iter().map(|service| service.reference.name.as_str()).filter(is_named).collect();
        names.into_iter().take(MOST_OBJECTS).map(str::to_owned).collect()
    }

    fn words(self, is_about: impl Fn(&Seen) -> bool) -> Vec<String> {
        let lines = self.seen.iter().flat_map(Seen::lines).filter(|seen| is_about(seen));
        let found: Vec<&str> = lines.flat_map(|seen| self.other_words(seen)).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        found.iter().for_each(|word| *counts.entry(word).or_default() += 1);
        // What is in many lines is a value more often than what is in one.
        let mut words: Vec<&str> = counts.keys().copied().collect();
        words.sort_by_key(|word| Reverse(counts[word]));
        let numbers: Vec<&str> = words.iter().copied().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())).collect();
        // Signs, variables and names of locations are values less often than other words.
        let is_likely = |word: &&str| word.bytes().any(|byte| byte.is_ascii_alphanumeric()) && !word.starts_with(['$', '@']);
        // Of a list, each can have a line of its own.
        let mut once = BTreeSet::new();
        let listed: Vec<&str> = found.into_iter().filter(|word| is_likely(word) && once.insert(*word)).collect();
        let lists = [numbers, listed].into_iter().filter(|words| (2..=MOST_LISTED).contains(&words.len()));
        let lists: BTreeSet<String> = lists.map(|words| words.join(",")).collect();
        let (urls, words): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| word.contains("://"));
        let (likely, others): (Vec<&str>, Vec<&str>) = words.into_iter().partition(is_likely);
        let urls = urls.into_iter().take(MOST);
        lists.into_iter().chain(urls.chain(likely.into_iter().chain(others).take(MOST)).map(str::to_owned)).collect()
    }

    fn other(self, seen: &'s Seen) -> Option<&'s str> {
        seen.text(1 - self.own)
    }

    /// The words that only the other text has.
    fn other_words(self, seen: &'s Seen) -> impl Iterator<Item = &'s str> {
        // The name of a directive is no value of it, and the lines of these blocks have none.
        let around = seen.path.rsplit('\n').next().unwrap_or_default();
        let is_named = seen.file == "nginx.conf" && !["geo ", "map "].iter().any(|block| around.starts_with(block));
        let start = if is_named { seen.name.split(' ').next().unwrap_or_default() } else { "" };
        let args = move |text: &'s str| words(text.strip_prefix(start).unwrap_or(text));
        let own: BTreeSet<&str> = seen.text(self.own).map(args).into_iter().flatten().collect();
        self.other(seen).map(args).into_iter().flatten().filter(move |word| !own.contains(word))
    }

    /// Lines of nginx.conf whose names begin with a word.
    fn lines(self, word: &'static str) -> impl Iterator<Item = &'s Seen> {
        self.seen.iter().filter(move |seen| seen.file == "nginx.conf" && seen.name.split(' ').next() == Some(word))
    }

    fn ports(self) -> impl Iterator<Item = String> {
        let listeners = self.lines("listen").filter_map(move |seen| self.other(seen));
        let ports = listeners.filter_map(|text| text.trim_end_matches(';').split(' ').nth(1)?.rsplit(':').next());
        ports.filter(|port| port.parse::<u16>().is_ok()).map(str::to_owned)
    }

    /// The addresses of all listeners as a list, and those of each kind.
    fn addresses(self) -> impl Iterator<Item = String> {
        let listeners = self.lines("listen").filter_map(move |seen| self.other(seen));
        let addresses = listeners.filter_map(|text| Some(text.trim_end_matches(';').split(' ').nth(1)?.rsplit_once(':')?.0));
        let all: BTreeSet<&str> = addresses.collect();
        let (six, four): (Vec<&str>, Vec<&str>) = all.into_iter().partition(|address| address.starts_with('['));
        let bare = |address: &&str| address.trim_matches(['[', ']']).to_owned();
        let both: Vec<String> = four.iter().chain(&six).map(bare).collect();
        let lists = BTreeSet::from([both.join(","), four.join(","), six.join(",")]);
        lists.into_iter().filter(|list| !list.is_empty())
    }

    fn locations(self) -> impl Iterator<Item = &'s str> {
        let gone = self.lines("location").filter(move |seen| self.other(seen).is_some() && seen.text(self.own).is_none());
        gone.filter_map(|seen| seen.name.split(' ').nth(1)).filter(|path| path.starts_with('/'))
    }

    /// Services that have an address which the default backend has on the other side.
    fn default_backends(self, cluster: &'s Cluster) -> impl Iterator<Item = String> {
        let is_it = |seen: &&Seen| seen.file == Lua::Backends.file() && seen.path.split('\n').next() == Some(DEFAULT_UPSTREAM);
        let texts: Vec<&str> = self.seen.iter().filter(is_it).filter_map(|seen| self.other(seen)).collect();
        let has = move |address: &str| texts.iter().any(|text| text.contains(&format!("\"{address}\"")));
        let is_named = move |service: &&Object<Service>| {
            let address = service.value.spec.as_ref().and_then(|spec| spec.cluster_ip.as_deref());
            let slices = cluster.endpoint_slices.iter().filter(|slice| {
                let named = slice.value.metadata.labels.as_ref().and_then(|labels| labels.get(SERVICE_LABEL));
                slice.reference.namespace == service.reference.namespace && named == Some(&service.reference.name)
            });
            let endpoints = slices.flat_map(|slice| slice.value.endpoints.iter().flatten());
            address.is_some_and(&has) || endpoints.flat_map(|endpoint| &endpoint.addresses).any(|address| has(address))
        };
        let found = cluster.services.iter().filter(is_named);
        found.map(|service| format!("{}/{}", service.reference.namespace, service.reference.name))
    }

    fn certificates(self) -> impl Iterator<Item = String> {
        let texts = self.seen.iter().filter(|seen| seen.file == Lua::Certificates.file()).filter_map(move |seen| self.other(seen));
        texts.map(|text| text.trim_matches('"').to_owned()).filter(|name| name.contains('/'))
    }

    /// The databases of the other side: those of a value without the ones that only the own lines name, and the others.
    fn editions(self, value: &str) -> Option<String> {
        let names = |side: usize| -> Vec<&str> {
            let texts = self.lines("geoip2").filter(|seen| seen.text(1 - side).is_none()).filter_map(|seen| seen.text(side));
            texts.filter_map(|text| text.rsplit('/').next()?.split('.').next()).collect()
        };
        let (own, others) = (names(self.own), names(1 - self.own));
        let kept = value.split(',').filter(|name| !own.contains(name)).chain(others.iter().copied());
        let kept: Vec<&str> = kept.collect();
        let is_told = !(kept.is_empty() || own.is_empty() && others.is_empty());
        is_told.then(|| kept.join(","))
    }

    fn verbosity(self) -> Option<&'static str> {
        let is_debug = |side: usize| self.lines("error_log").filter_map(move |seen| seen.text(side)).any(|text| text.ends_with(" debug;"));
        match (is_debug(self.own), is_debug(1 - self.own)) {
            (false, true) => Some("5"),
            (true, false) => Some("2"),
            _ => None,
        }
    }
}

/// The ConfigMaps that have one of some keys.
fn maps(cluster: &Cluster, is_key: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let maps = cluster.config_maps.iter().filter(|map| map.value.data.iter().flatten().any(|(key, _)| is_key(key)));
    maps.map(|map| format!("{}/{}", map.reference.namespace, map.reference.name)).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let wholes = text.split([' ', ';', '"', '\'', '{', '}']).filter(|word| word.contains(['=', ',']));
    // Where somebody asks for a password, what was asked for is added.
    let urls = text.split([' ', ';', '"', '\'']).filter(|word| word.contains("://")).filter_map(|word| word.rsplit_once(['?', '&']));
    let wholes = wholes.chain(urls.flat_map(|(url, query)| [url, query.split('=').next().unwrap_or_default()]));
    let all = wholes.chain(text.split([' ', ';', '"', '\'', '=', '{', '}', ',']));
    // Of an address with a port each can be a value of its own, and a number without its unit.
    let with_parts = all.flat_map(|word| match word.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()) {
        Some((host, port)) => [word, host, port],
        None => [word, word.strip_suffix(['k', 'm', 's']).filter(|number| number.parse::<u64>().is_ok()).unwrap_or_default(), ""],
    });
    with_parts.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::flags::{self, Flags};
    use crate::catalog::releases::LATEST;
    use crate::lower::Environment;
    use crate::source::FileId;
    use crate::{conf, diff};

    /// The values of an argument that the lines of another side speak for.
    fn guesses(argument: &str, own: &str, other: &str) -> Vec<String> {
        let [own, other] = [own, other].map(|text| conf::parse(FileId(0), text).value);
        let report = diff::compare(&own, &other);
        let seen: Vec<Seen> = report.changes.iter().map(|change| Seen::of("nginx.conf", change)).collect();
        let flags = Flags::parse(LATEST, [] as [(&str, Option<crate::source::Span>); 0]).value;
        let controller = Controller { version: LATEST, flags, environment: Environment::default() };
        Guesses { seen: &seen, own: 1, is_raw: false }.of_argument(
            flags::find(argument).expect("it is one"),
            &Cluster::default(),
            &controller,
        )
    }

    #[test]
    fn lines_of_the_other_side_speak_for_arguments() {
        let server = |port: &str| format!("http {{ server {{ server_name a.test; listen {port}; }} }}");
        let log = |level: &str| format!("error_log /var/log/nginx/error.log {level};");
        let location = |path: &str| format!("http {{ server {{ server_name a.test; location {path} {{ return 200; }} }} }}");
        for (argument, own, other, expected) in [
            ("http-port", server("80"), server("8080"), &["8080"][..]),
            ("http-port", server("8080"), server("80"), &[]),
            ("http-port", server("80"), server("80"), &[]),
            ("v", log("notice"), log("debug"), &["5"]),
            ("v", log("notice"), log("error"), &[]),
            ("health-check-path", location("/healthz"), location("/alive"), &["/alive"]),
            ("sync-period", server("80"), server("8080"), &[]),
        ] {
            assert_eq!(guesses(argument, &own, &other), expected, "{argument}: {own} {other}");
        }
    }
}
