//! What a comparison leaves out, because one of its sides does not hold it.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use k8s_openapi::api::networking::v1::Ingress;
use serde_json::Value;

use super::dump::Dump;
use super::side::Side;
use crate::catalog::releases::FIRST;
use crate::compile::{Declared, Lua};
use crate::diagnostic::ObjectRef;
use crate::lower::Classes;
use crate::manifest::Object;

/// What a comparison could not look at.
#[derive(Debug, Default)]
pub struct Unsaid {
    /// A sentence each, for machines and for whoever looks on.
    pub notes: Vec<String>,
    /// Whether manifests say something of it: then it is told at all events.
    pub matters: bool,
}

/// What is left out of the comparison of two sides; `is_live` where options name the files of the first.
#[must_use]
pub fn between(before: &Side, after: &Side, is_live: bool) -> Unsaid {
    let mut unsaid = Unsaid::default();
    for dump in [before, after].into_iter().filter_map(Side::dump) {
        if let Some(directive) = dump.facts.layout.outdated {
            let name = dump.name();
            unsaid.notes.push(format!(
                "`{name}` was written by a release before {FIRST}, and none of those is known (it holds `{directive}`): it is compared with what {FIRST} writes"
            ));
            unsaid.matters = true;
        }
    }
    let missing: Vec<Lua> = Lua::ALL.into_iter().filter(|what| is_missing(*what, before, after)).collect();
    if !missing.is_empty() {
        unsaid.notes.push(sentence(&missing, is_live));
        let declared = [before, after].into_iter().filter_map(Side::declared);
        unsaid.matters |= declared.into_iter().any(|declared| missing.iter().any(|what| says(*what, declared)));
    }
    let supposed = if before.dump().is_some() { after.declared() } else { None };
    let notes = supposed.map(|declared| declared.supposed.notes(before.tells(Lua::Backends))).unwrap_or_default();
    let both = before.declared().zip(after.declared());
    let notes = notes.into_iter().chain(both.map(|(before, after)| of_classes(before, after)).unwrap_or_default());
    unsaid.notes.extend(notes.inspect(|_| unsaid.matters = true));
    unsaid
}

/// Ingresses that change to a class, or from one, of which nobody knows whose it is: a sentence for each such change.
fn of_classes(before: &Declared, after: &Declared) -> Vec<String> {
    let class = |ingress: &Object<Ingress>| Classes::named(ingress).map(str::to_owned);
    let old: HashMap<&ObjectRef, Option<String>> =
        before.input.cluster.ingresses.iter().map(|ingress| (&ingress.reference, class(ingress))).collect();
    let mut changes: BTreeMap<[String; 2], Vec<&ObjectRef>> = BTreeMap::new();
    for ingress in &after.input.cluster.ingresses {
        if let (Some(Some(old)), Some(new)) = (old.get(&ingress.reference), class(ingress))
            && *old != new
        {
            changes.entry([old.clone(), new]).or_default().push(&ingress.reference);
        }
    }
    let told = |([old, new], ingresses): ([String; 2], Vec<&ObjectRef>)| {
        let unknown =
            [(&new, after), (&old, before)].into_iter().find(|(name, side)| side.supposed.holds_class(name)).map(|(name, _)| name)?;
        let named = |ingress: &ObjectRef| format!("Ingress `{}/{}`", ingress.namespace, ingress.name);
        let (first, others) = ingresses.split_first()?;
        let first = named(first);
        let more = match others {
            [] => String::new(),
            [other] => format!(" (and {})", named(other)),
            others => format!(" (and {} more)", others.len()),
        };
        Some(format!(
            "{first}{more} names the class `{new}` instead of `{old}`: the IngressClass `{unknown}` is not in the input, and whether this controller serves it is not compared"
        ))
    };
    changes.into_iter().filter_map(told).collect()
}

/// Whether one side has it, or both could have it and have not.
fn is_missing(what: Lua, before: &Side, after: &Side) -> bool {
    match (before.tells(what), after.tells(what)) {
        (true, true) => false,
        (false, false) => [before, after].into_iter().filter_map(Side::dump).any(is_of_lua),
        _ => true,
    }
}

/// Whether a configuration leaves things to Lua.
fn is_of_lua(dump: &Dump) -> bool {
    dump.facts.layout.lua_files.is_some()
}

fn sentence(missing: &[Lua], is_live: bool) -> String {
    let part = |what: &Lua| {
        let (thing, option, source) = match what {
            Lua::Backends => (
                "endpoints, canaries and affinity",
                "--live-backends",
                ", what `curl -s 127.0.0.1:10246/configuration/backends` says in the pod",
            ),
            Lua::Streams => ("TCP and UDP services", "", ""),
            Lua::Certificates => ("which certificate a host has", "--live-certificates", ""),
            Lua::Settings => ("HSTS, the redirect code and what else is set for Lua", "--live-lua", ", the pod's /etc/nginx/lua/cfg.json"),
        };
        let file = what.file();
        match (is_live, option) {
            (true, option) if !option.is_empty() => format!("{thing} ({file}: `{option}`{source})"),
            _ => format!("{thing} ({file})"),
        }
    };
    let parts: Vec<String> = missing.iter().map(part).collect();
    let folder = if is_live { "`--live`" } else { "each side" };
    format!("not compared: {}; for all at once, {folder} can be a folder with nginx.conf and these files", parts.join(", "))
}

/// Whether manifests say something that ends up there.
fn says(what: Lua, declared: &Declared) -> bool {
    let value = declared.lua(what);
    let cluster = &declared.input.cluster;
    match what {
        Lua::Backends => !cluster.endpoint_slices.is_empty() || !cluster.services.is_empty() || value.is_some_and(has_choice),
        Lua::Streams => value.and_then(Value::as_array).is_some_and(|streams| !streams.is_empty()),
        Lua::Certificates => {
            let is_one = |name: &Value| name.as_str().is_some_and(|name| !matches!(name, "" | "default"));
            value.and_then(Value::as_object).is_some_and(|hosts| hosts.values().any(is_one))
        }
        // HSTS and the redirect act where there is TLS; an application alone says nothing else of them.
        Lua::Settings => {
            let has_tls = |ingress: &Object<Ingress>| ingress.value.spec.as_ref().is_some_and(|spec| spec.tls.is_some());
            let lists = [cluster.config_maps.len(), cluster.controllers.len(), cluster.services.len(), cluster.secrets.len()];
            lists.into_iter().any(|length| length > 0) || cluster.ingresses.iter().any(has_tls)
        }
    }
}

/// Whether an upstream is more than its endpoints: a canary, affinity, a way to balance.
fn has_choice(backends: &Value) -> bool {
    let is_set = |value: Option<&Value>| match value {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Bool(is_on)) => *is_on,
        _ => false,
    };
    let upstreams = backends.as_array().map(Vec::as_slice).unwrap_or_default();
    upstreams.iter().any(|upstream| {
        ["alternativeBackends", "load-balance", "sslPassthrough", "noServer"].iter().any(|key| is_set(upstream.get(*key)))
            || is_set(upstream.pointer("/sessionAffinityConfig/name"))
            || is_set(upstream.pointer("/upstreamHashByConfig/upstream-hash-by"))
    })
}
