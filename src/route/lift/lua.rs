//! The controller's own Lua, told by the files that it calls or by what stands in its blocks; all other Lua is unknown.

use std::sync::Arc;

use crate::conf::{Arg, Directive};
use crate::route::model::Lua;

/// What code for the rewrite phase is.
pub(super) fn rewrite(directive: Directive<'_>) -> Lua {
    let at = directive.head_span();
    let Some(code) = directive.lua() else {
        return match file(directive).as_str() {
            "ngx_rewrite.lua" => Lua::Ingress { inline: None, at },
            "ngx_conf_rewrite_auth.lua" => Lua::Harmless,
            _ => Lua::Unknown(at),
        };
    };
    let lines: Vec<&str> = code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--")).collect();
    if lines.iter().any(|line| line.starts_with("lua_ingress.rewrite(")) {
        let known = |line: &&str| line.starts_with("lua_ingress.rewrite(") || line.contains(" = ") || IN_REWRITE.contains(line);
        if lines.iter().all(known) {
            return Lua::Ingress { inline: Some(settings(&lines)), at };
        }
    }
    let is_cache_key = lines.iter().all(|line| line.starts_with("ngx.var.cache_key = "));
    if is_cache_key { Lua::Harmless } else { Lua::Unknown(at) }
}

/// Other lines of the controller's block for the rewrite phase, releases before 1.12.
const IN_REWRITE: &[&str] = &[
    "})",
    "balancer.rewrite()",
    "plugins.run()",
    "}",
    "},",
    "global_throttle = { namespace = \"\", limit = 0, window_size = 0, key = { }, ignored_cidrs = { } },",
];

fn settings(lines: &[&str]) -> Arc<[(String, bool)]> {
    let pairs = lines.iter().filter_map(|line| line.trim_end_matches(',').split_once(" = "));
    let pairs = pairs.filter(|(_, value)| matches!(*value, "true" | "false"));
    pairs.map(|(name, value)| (name.to_owned(), value == "true")).collect()
}

/// What code that decides about access is.
pub(super) fn access(directive: Directive<'_>) -> Lua {
    let at = directive.head_span();
    let is_auth = match directive.lua() {
        None => file(directive) == "ngx_conf_external_auth.lua",
        Some(code) => code.contains("ngx.location.capture(") && code.contains("_external-auth-"),
    };
    if is_auth { Lua::Auth(at) } else { Lua::Unknown(at) }
}

/// The name of the file that a directive calls, without its folder.
pub(super) fn file(directive: Directive<'_>) -> String {
    let path = directive.args().find(|arg| arg.raw().ends_with(".lua")).map(Arg::value).unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
