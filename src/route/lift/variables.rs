//! The variables of a configuration: `map`, `geo`, `set`, named groups, and what modules make of their own.

use std::sync::Arc;

use hashbrown::HashMap;

use super::include::Lines;
use super::values::{Names, first, network, nth};
use crate::conf::{Arg, Directive};
use crate::nginx::{Pattern, is_builtin};
use crate::pool::Pool;
use crate::route::model::{Definition, Map, OfController, Variables};
use crate::route::text::{Template, Value};

/// Reads all variables of `http`. Names are known before texts are read, as a text may name what stands behind it.
pub(in crate::route) fn variables<'t>(lines: Lines<'t>, http: &[Directive<'t>]) -> Variables {
    let mut places = HashMap::new();
    let mut blocks: Vec<(String, Option<Directive<'t>>)> = Vec::new();
    let mut define = |name: &str, block: Option<Directive<'t>>| {
        let name = name.trim_start_matches('$').to_ascii_lowercase();
        let place = *places.entry(name.clone()).or_insert_with(|| {
            blocks.push((name, None));
            blocks.len() - 1
        });
        if block.is_some() {
            blocks[place].1 = block;
        }
    };
    for &top in http {
        match &*top.name() {
            "map" | "split_clients" => define(&nth(top, 1), Some(top)),
            "geo" => define(&top.args().next_back().map(Arg::value).unwrap_or_default(), Some(top)),
            _ => {}
        }
        for directive in std::iter::once(top).chain(top.descendants()) {
            let name = directive.name();
            if matches!(&*name, "set" | "auth_request_set" | "perl_set" | "js_set" | "js_var") || name.starts_with("set_") {
                let word = first(directive);
                if word.starts_with('$') {
                    define(&word, None);
                }
            }
            for arg in directive.words().filter(|arg| arg.raw().contains("(?<") || arg.raw().contains("(?P<") || arg.raw().contains("(?'"))
            {
                group_names(&arg.value()).iter().for_each(|name| define(name, None));
            }
        }
    }
    let headers = Pool::default();
    let names = Names { places: &places, headers: &headers };
    // A variable that is set in one place is nginx's own of that name in all others, as the header `$http_origin` is.
    let own = |name: &str| is_builtin(name).then(|| Names::of_nginx(name));
    let all = blocks.iter().map(|(name, block)| {
        let definition = block.map_or_else(|| Definition::Set(own(name)), |block| definition(lines, block, names));
        (name.clone(), definition)
    });
    let all = all.collect();
    Variables { own: OfController::among(&places), places, all }
}

/// The names of groups in an expression.
fn group_names(text: &str) -> Vec<String> {
    let starts = ["(?<", "(?P<", "(?'"];
    let found = starts.iter().flat_map(|start| text.split(start).skip(1));
    let names = found.filter_map(|rest| rest.split(['>', '\'']).next());
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    names.filter(is_name).map(str::to_owned).collect()
}

fn definition<'t>(lines: Lines<'t>, block: Directive<'t>, names: Names<'_>) -> Definition {
    match &*block.name() {
        "map" => map(lines, block, names),
        "geo" => geo(lines, block, names),
        _ => {
            let part = |line: &Directive<'t>| (line.name().into_owned(), names.template(&first(*line)));
            Definition::Chance(lines.of(block).iter().map(part).collect())
        }
    }
}

fn map<'t>(lines: Lines<'t>, block: Directive<'t>, names: Names<'_>) -> Definition {
    let (mut exact, mut heads, mut tails, mut patterns) = (HashMap::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut default, mut is_of_hosts) = (Template::default(), false);
    for line in lines.of(block) {
        let (raw, value) = (line.words().next().map(Arg::value).unwrap_or_default().into_owned(), names.template(&first(line)));
        let words = line.args().count();
        match raw.as_str() {
            "hostnames" if words == 0 => is_of_hosts = true,
            "volatile" if words == 0 => {}
            "include" => {}
            "default" => default = value,
            _ if raw.starts_with('~') => {
                let is_caseless = raw.starts_with("~*");
                let pattern = Pattern::new(raw.trim_start_matches('~').trim_start_matches('*'), is_caseless);
                let groups = names.groups(&pattern);
                patterns.push((pattern.map(Arc::new), groups, value));
            }
            _ => {
                // A word of the block is escaped where it would mean something else.
                let text = raw.strip_prefix('\\').unwrap_or(&raw).to_ascii_lowercase();
                if let Some(head) = text.strip_prefix('*').filter(|head| is_of_hosts && head.starts_with('.')) {
                    heads.push((head.as_bytes().to_vec(), value));
                } else if let Some(tail) = text.strip_suffix('*').filter(|tail| is_of_hosts && tail.ends_with('.')) {
                    tails.push((tail.as_bytes().to_vec(), value));
                } else if let Some(name) = text.strip_prefix('.').filter(|_| is_of_hosts) {
                    heads.push((text.as_bytes().to_vec(), value.clone()));
                    exact.entry(name.as_bytes().to_vec()).or_insert(value);
                } else {
                    exact.entry(text.into_bytes()).or_insert(value);
                }
            }
        }
    }
    heads.sort_by_key(|(head, _)| std::cmp::Reverse(head.len()));
    tails.sort_by_key(|(tail, _)| std::cmp::Reverse(tail.len()));
    Definition::Map(Map { source: names.template(&first(block)), exact, heads, tails, patterns, default, is_of_hosts })
}

fn geo<'t>(lines: Lines<'t>, block: Directive<'t>, names: Names<'_>) -> Definition {
    let source = if block.args().count() > 1 { first(block) } else { String::from("$remote_addr") };
    let (mut networks, mut proxies, mut is_recursive, mut default) = (Vec::new(), Vec::new(), false, Vec::new());
    for line in lines.of(block) {
        let word = line.name();
        let value = first(line).into_bytes();
        match &*word {
            "default" => default = value,
            "proxy" => proxies.extend(network(&first(line))),
            "proxy_recursive" => is_recursive = true,
            "ranges" | "include" => return Definition::Outside(Arc::from("the address of the client")),
            "delete" => {}
            _ => networks.extend(network(&word).map(|network| (network, value))),
        }
    }
    Definition::Geo { source: names.template(&source), networks, proxies, is_recursive, default }
}

/// What a variable of nginx is that the request does not say.
pub(in crate::route) fn beyond(name: &str) -> Value<'static> {
    Value::unknown(&format!("${name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_names() {
        assert_eq!(group_names("^/(?<id>[0-9]+)/(?P<rest>.*)$"), ["id", "rest"]);
        assert!(group_names("(?<=a)(?<!b)c").is_empty());
    }
}
