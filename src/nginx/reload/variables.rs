//! Variables that no part of a configuration defines.

use std::borrow::Cow;
use std::sync::{LazyLock, Mutex, PoisonError};

use hashbrown::{HashMap, HashSet};

use super::super::{is_builtin, is_builtin_of_streams, used};
use crate::conf::{Directive, Tree};

/// Directives that evaluate variables, with the first argument that they evaluate.
const EVALUATING: &[(&str, usize)] = &[
    ("access_log", 0),
    ("aio", 0),
    ("disable_symlinks", 0),
    ("charset", 0),
    ("add_header", 1),
    ("add_trailer", 1),
    ("alias", 0),
    ("auth_basic", 0),
    ("auth_basic_user_file", 0),
    ("auth_request_set", 1),
    ("geo", 0),
    ("grpc_set_header", 1),
    ("expires", 0),
    ("hash", 0),
    ("http2_push", 0),
    ("index", 0),
    ("limit_conn_zone", 0),
    ("limit_rate", 0),
    ("limit_rate_after", 0),
    ("limit_req_zone", 0),
    ("map", 0),
    ("modsecurity_transaction_id", 0),
    ("more_set_headers", 0),
    ("more_set_input_headers", 0),
    ("opentelemetry_operation_name", 0),
    ("proxy_cookie_domain", 1),
    ("proxy_cookie_flags", 0),
    ("proxy_cookie_path", 1),
    ("proxy_download_rate", 0),
    ("proxy_method", 0),
    ("proxy_redirect", 0),
    ("proxy_set_body", 0),
    ("proxy_set_header", 1),
    ("return", 0),
    ("rewrite", 1),
    ("root", 0),
    ("secure_link", 0),
    ("secure_link_md5", 0),
    ("set", 1),
    ("set_by_lua_file", 1),
    ("set_escape_uri", 1),
    ("split_clients", 0),
    ("ssl_certificate", 0),
    ("ssl_certificate_key", 0),
    ("sub_filter", 0),
    ("try_files", 0),
    ("log_format", 1),
    ("proxy_upload_rate", 0),
];

/// The same for what all protocols that pass requests on have in common: the name behind that of the protocol.
const EVALUATING_OF_ALL: &[(&str, usize)] = &[
    ("bind", 0),
    ("cache", 0),
    ("cache_bypass", 0),
    ("cache_key", 0),
    ("limit_rate", 0),
    ("no_cache", 0),
    ("param", 1),
    ("pass", 0),
    ("ssl_certificate", 0),
    ("ssl_certificate_key", 0),
    ("ssl_name", 0),
    ("store", 0),
];

/// Protocols that pass requests on.
const PROTOCOLS: &[&str] = &["proxy", "grpc", "fastcgi", "memcached", "uwsgi", "scgi"];

/// The variables of one configuration.
#[derive(Debug)]
pub(super) struct Variables<'t> {
    defined: HashSet<Cow<'t, str>>,
    /// Whether nginx itself has a variable there.
    is_builtin: fn(&str) -> bool,
    /// Those that are used and not defined.
    missing: Mutex<HashSet<String>>,
}

impl<'t> Variables<'t> {
    /// All variables that the configuration defines in a part of it, `http` or `stream`.
    pub(super) fn of(tree: &'t Tree, part: &str) -> Self {
        let mut defined = HashSet::new();
        let blocks = tree.directives().filter(|directive| directive.name() == part);
        for directive in blocks.flat_map(Directive::descendants) {
            define(directive, &mut defined);
        }
        let is_builtin = if part == "stream" { is_builtin_of_streams } else { is_builtin };
        Self { defined, is_builtin, missing: Mutex::default() }
    }

    /// The variables that the configuration defines, and those that were found to be missing.
    pub(super) fn into_names(self) -> (HashSet<Cow<'t, str>>, HashSet<String>) {
        (self.defined, self.missing.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why nginx refuses the variables in a directive.
    pub(super) fn refusal(&self, name: &str, args: &[&str]) -> Option<String> {
        self.missing_in(evaluated(name, args))
    }

    /// Why nginx refuses the variables in texts.
    pub(super) fn missing_in(&self, texts: &[&str]) -> Option<String> {
        let is_unknown = |name: &&str| !(self.is_builtin)(name) && !self.defined.contains(name.to_ascii_lowercase().as_str());
        for text in texts {
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
    static FIRST: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
        let of_all = |protocol: &'static &str| EVALUATING_OF_ALL.iter().map(move |(name, first)| (format!("{protocol}_{name}"), *first));
        let own = EVALUATING.iter().map(|(name, first)| ((*name).to_owned(), *first));
        own.chain(PROTOCOLS.iter().flat_map(of_all)).collect()
    });
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
        "auth_request_set" | "lua_add_variable" => args.next(),
        name if name == "set" || name.starts_with("set_") => args.next(),
        name if name.starts_with('$') => Some(Cow::Owned(name.to_owned())),
        // The key of an entry of a `map`.
        name if name.starts_with('~') => {
            defined.extend(captures(name).map(|name| Cow::Owned(name.to_ascii_lowercase())));
            None
        }
        "location" | "if" | "rewrite" | "server_name" | "proxy_redirect" | "proxy_cookie_path" | "proxy_cookie_domain" => {
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
