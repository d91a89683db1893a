//! Variables that no part of a configuration defines.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::super::{is_builtin, used};
use crate::conf::{Directive, Tree};

/// Directives that evaluate variables, with the first argument that they evaluate.
const EVALUATING: &[(&str, usize)] = &[
    ("access_log", 0),
    ("add_header", 1),
    ("add_trailer", 1),
    ("alias", 0),
    ("auth_basic", 0),
    ("auth_basic_user_file", 0),
    ("auth_request_set", 1),
    ("fastcgi_param", 1),
    ("fastcgi_pass", 0),
    ("geo", 0),
    ("grpc_pass", 0),
    ("grpc_set_header", 1),
    ("grpc_ssl_name", 0),
    ("hash", 0),
    ("limit_conn_zone", 0),
    ("limit_rate", 0),
    ("limit_rate_after", 0),
    ("limit_req_zone", 0),
    ("map", 0),
    ("modsecurity_transaction_id", 0),
    ("more_set_headers", 0),
    ("more_set_input_headers", 0),
    ("opentelemetry_operation_name", 0),
    ("proxy_bind", 0),
    ("proxy_cache_bypass", 0),
    ("proxy_cache_key", 0),
    ("proxy_cookie_domain", 1),
    ("proxy_cookie_path", 1),
    ("proxy_method", 0),
    ("proxy_no_cache", 0),
    ("proxy_pass", 0),
    ("proxy_redirect", 0),
    ("proxy_set_body", 0),
    ("proxy_set_header", 1),
    ("proxy_ssl_name", 0),
    ("return", 0),
    ("rewrite", 1),
    ("root", 0),
    ("set", 1),
    ("set_by_lua_file", 1),
    ("set_escape_uri", 1),
    ("split_clients", 0),
    ("sub_filter", 0),
    ("try_files", 0),
    ("log_format", 1),
];

/// The variables of one configuration.
#[derive(Debug)]
pub(super) struct Variables<'t> {
    defined: HashSet<Cow<'t, str>>,
    /// Those that are used and not defined.
    missing: Mutex<HashSet<String>>,
}

impl<'t> Variables<'t> {
    /// All variables that the configuration defines.
    pub(super) fn of(tree: &'t Tree) -> Self {
        let mut defined = HashSet::new();
        let http = tree.directives().filter(|directive| directive.name() == "http");
        for directive in http.flat_map(Directive::descendants) {
            define(directive, &mut defined);
        }
        Self { defined, missing: Mutex::default() }
    }

    /// The variables that the configuration defines, and those that were found to be missing.
    pub(super) fn into_names(self) -> (HashSet<Cow<'t, str>>, HashSet<String>) {
        (self.defined, self.missing.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why nginx refuses the variables in a directive.
    pub(super) fn refusal(&self, name: &str, args: &[&str]) -> Option<String> {
        let is_unknown = |name: &&str| !is_builtin(name) && !self.defined.contains(name.to_ascii_lowercase().as_str());
        for text in evaluated(name, args) {
            let Some(names) = used(text) else { return Some(format!("a `$` in `{text}` is followed by no name of a variable")) };
            if let Some(unknown) = names.into_iter().find(is_unknown) {
                self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(unknown.to_ascii_lowercase());
                return Some(format!("there is no variable `${unknown}`"));
            }
        }
        None
    }
}

/// The arguments of a directive in which nginx evaluates variables.
fn evaluated<'a>(name: &str, args: &'a [&'a str]) -> &'a [&'a str] {
    static FIRST: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| EVALUATING.iter().copied().collect());
    match name {
        "if" => {
            let compares_text = args.iter().any(|word| matches!(*word, "=" | "!="));
            if compares_text { args } else { args.get(..1).unwrap_or_default() }
        }
        // With one argument, `geo` reads the address of the client into it.
        "geo" if args.len() == 1 => &[],
        "geo" | "map" | "split_clients" => args.get(..1).unwrap_or_default(),
        "error_page" => args.get(args.len().saturating_sub(1)..).unwrap_or_default(),
        _ => FIRST.get(name).and_then(|first| args.get(*first..)).unwrap_or_default(),
    }
}

fn define<'t>(directive: Directive<'t>, defined: &mut HashSet<Cow<'t, str>>) {
    let name = directive.name();
    let mut args = directive.args().map(|arg| arg.value());
    let target = match name.as_ref() {
        "map" | "split_clients" | "geo" => args.next_back(),
        "auth_request_set" => args.next(),
        name if name == "set" || name.starts_with("set_") => args.next(),
        name if name.starts_with('$') => Some(Cow::Owned(name.to_owned())),
        "location" | "if" | "rewrite" | "server_name" => {
            for arg in args.filter(|arg| arg.contains("(?")) {
                defined.extend(captures(&arg).map(|name| Cow::Owned(name.to_ascii_lowercase())));
            }
            None
        }
        _ => None,
    };
    if let Some(name) = target.as_deref().and_then(|target| target.strip_prefix('$')) {
        defined.insert(Cow::Owned(name.to_ascii_lowercase()));
    }
}

/// The names of captures in a regular expression.
fn captures(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split("(?").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('P').unwrap_or(rest).strip_prefix(['<', '\''])?;
        rest.split(['>', '\'']).next().filter(|name| !name.is_empty() && !name.starts_with(['=', '!']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_have_names() {
        assert_eq!(captures("^(?<a>x)(?P<b>y)(?:z)(?=u)(?<!v)(?'c'w)").collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
