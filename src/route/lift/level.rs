//! What holds in a block: each directive has one line here, and whether blocks in it take it over.

use std::sync::Arc;

use super::harmless::is_harmless;
use super::lua;
use super::values::{Names, first, is_on, network, nth};
use crate::conf::{Arg, Directive};
use crate::nginx::{FASTCGI_PARAMS, size};
use crate::route::model::{Basic, ErrorPage, Headers, Level, Limit, Pass, Rule};
use crate::route::text::Template;

/// The sets that a block writes itself: where it has one, it takes over none.
#[derive(Default)]
struct Own {
    rules: Vec<Rule>,
    auth_sets: Vec<usize>,
    limits: Vec<Limit>,
    error_pages: Vec<ErrorPage>,
    proxy: Vec<(String, Template)>,
    grpc: Vec<(String, Template)>,
    fastcgi: Vec<(String, Template)>,
    method: Option<Template>,
    withholds: Option<bool>,
    mirrors: Vec<(String, crate::source::Span)>,
    real_ip: Vec<ipnet::IpNet>,
    opaque: Vec<(String, crate::source::Span)>,
}

/// What holds in a block with these directives within another. `is_if`: it is an `if`, which takes over where requests go.
pub(super) fn under(around: &Level, directives: &[Directive<'_>], names: Names<'_>, is_if: bool) -> Level {
    let mut level = around.clone();
    if !is_if {
        level.is_internal = false;
        level.pass = None;
    }
    let mut own = Own::default();
    for directive in directives {
        let name = directive.name();
        let is_known = access(&mut level, &mut own, *directive, names)
            || answers(&mut level, &mut own, *directive, names)
            || backend(&mut level, &mut own, *directive, names);
        if !is_known && !is_harmless(&name) {
            own.opaque.push((name.into_owned(), directive.head_span()));
        }
    }
    settle(&mut level, own, names);
    level
}

fn replace<T>(held: &mut Arc<[T]>, own: Vec<T>) {
    if !own.is_empty() {
        *held = own.into();
    }
}

fn settle(level: &mut Level, mut own: Own, names: Names<'_>) {
    if let Some(headers) = headers(&level.headers, &mut own) {
        level.headers = names.headers.share(headers);
    }
    replace(&mut level.rules, own.rules);
    replace(&mut level.auth_sets, own.auth_sets);
    replace(&mut level.limits, own.limits);
    replace(&mut level.error_pages, own.error_pages);
    replace(&mut level.mirrors, own.mirrors);
    if !own.real_ip.is_empty() {
        replace(&mut Arc::make_mut(&mut level.real_ip).from, own.real_ip);
    }
    if !own.opaque.is_empty() {
        level.opaque = level.opaque.iter().cloned().chain(own.opaque).collect();
    }
}

/// The headers of a block that says something of them.
fn headers(around: &Headers, own: &mut Own) -> Option<Headers> {
    let is_silent = own.proxy.is_empty() && own.grpc.is_empty() && own.fastcgi.is_empty() && own.method.is_none();
    if is_silent && own.withholds.is_none() {
        return None;
    }
    let mut headers = around.clone();
    replace(&mut headers.proxy, std::mem::take(&mut own.proxy));
    replace(&mut headers.grpc, std::mem::take(&mut own.grpc));
    replace(&mut headers.fastcgi, std::mem::take(&mut own.fastcgi));
    headers.method = own.method.take().or(headers.method);
    headers.withholds = own.withholds.or(headers.withholds);
    Some(headers)
}

/// Who may come, and how often.
fn access(level: &mut Level, own: &mut Own, directive: Directive<'_>, names: Names<'_>) -> bool {
    let at = directive.head_span();
    match &*directive.name() {
        name @ ("allow" | "deny") => {
            let word = first(directive);
            let (network, is_local) = (network(&word), word == "unix:");
            if network.is_none() && word != "all" && !is_local {
                return false;
            }
            own.rules.push(Rule { allows: name == "allow", network, is_local, at });
        }
        "satisfy" => level.any = Some(first(directive) == "any"),
        "auth_basic" => level.basic = Some(Basic { realm: names.template(&first(directive)), at }),
        "auth_basic_user_file" | "auth_digest_user_file" | "auth_delay" => {}
        "auth_digest" => level.basic = Some(Basic { realm: names.template(&first(directive)), at }),
        "auth_request" => {
            let to = first(directive);
            level.auth = Some(((to != "off").then(|| names.template(&to)), at));
        }
        "auth_request_set" => {
            let variable = names.variable(first(directive).trim_start_matches('$'));
            if let crate::route::text::Variable::Own(place) = variable {
                own.auth_sets.push(place);
            }
        }
        "limit_req" | "limit_conn" => own.limits.push(limit(directive)),
        "limit_req_status" => level.limit_status.0 = first(directive).parse().ok(),
        "limit_conn_status" => level.limit_status.1 = first(directive).parse().ok(),
        "client_max_body_size" => level.max_body = Some((size(&first(directive), true).unwrap_or(0), Some(at))),
        "modsecurity" => level.waf = Some((is_on(directive), at)),
        "internal" => level.is_internal = true,
        "set_real_ip_from" => own.real_ip.extend(network(&first(directive))),
        "real_ip_header" => Arc::make_mut(&mut level.real_ip).header = Some(first(directive)),
        "real_ip_recursive" => Arc::make_mut(&mut level.real_ip).is_recursive = Some(is_on(directive)),
        "access_by_lua_file" | "access_by_lua_block" | "access_by_lua" => level.lua_access = Some(lua::access(directive)),
        "rewrite_by_lua_file" | "rewrite_by_lua_block" | "rewrite_by_lua" => level.lua_rewrite = Some(lua::rewrite(directive)),
        _ => return false,
    }
    true
}

fn limit(directive: Directive<'_>) -> Limit {
    let words: Vec<String> = directive.words().map(|arg| arg.value().into_owned()).collect();
    let is_of_connections = words.first().is_some_and(|word| word == "limit_conn");
    let word = words.get(1).map(String::as_str).unwrap_or_default();
    let zone = word.strip_prefix("zone=").unwrap_or(word).to_owned();
    Limit { is_of_connections, zone, text: words.join(" "), at: directive.head_span() }
}

/// Errors and redirects.
fn answers(level: &mut Level, own: &mut Own, directive: Directive<'_>, names: Names<'_>) -> bool {
    let at = directive.head_span();
    match &*directive.name() {
        "error_page" => {
            let words: Vec<String> = directive.args().map(|arg| arg.value().into_owned()).collect();
            let Some((to, codes)) = words.split_last() else { return false };
            let response = codes.iter().find_map(|word| word.strip_prefix('=')).map(|status| status.parse().ok());
            let pages = codes.iter().filter_map(|word| word.parse().ok());
            own.error_pages.extend(pages.map(|status| ErrorPage { status, response, to: names.template(to), at }));
        }
        "proxy_intercept_errors" | "fastcgi_intercept_errors" | "grpc_intercept_errors" => level.intercepts = Some(is_on(directive)),
        "absolute_redirect" => level.absolute_redirects = Some(is_on(directive)),
        "port_in_redirect" => level.port_in_redirect = Some(is_on(directive)),
        "server_name_in_redirect" => level.server_name_in_redirect = Some(is_on(directive)),
        _ => return false,
    }
    true
}

/// Where requests go, and what of them.
fn backend(level: &mut Level, own: &mut Own, directive: Directive<'_>, names: Names<'_>) -> bool {
    let at = directive.head_span();
    let name = directive.name();
    match &*name {
        "proxy_pass"
        | "grpc_pass"
        | "fastcgi_pass"
        | "uwsgi_pass"
        | "scgi_pass"
        | "memcached_pass"
        | "stub_status"
        | "content_by_lua_file"
        | "content_by_lua_block"
        | "content_by_lua"
        | "empty_gif"
        | "root"
        | "alias"
        | "try_files"
        | "index"
        | "autoindex"
        | "js_content"
        | "echo" => {
            let is_file = matches!(&*name, "root" | "alias" | "try_files" | "index" | "autoindex");
            let text = if name == "try_files" { directive.args().map(Arg::raw).collect::<Vec<_>>().join(" ") } else { first(directive) };
            if !is_file || name == "try_files" || level.pass.is_none() {
                level.pass = Some(Pass { directive: name.clone().into_owned(), to: names.template(&text), text, at });
            }
        }
        "proxy_set_header" => own.proxy.push((first(directive), names.template(&nth(directive, 1)))),
        "grpc_set_header" => own.grpc.push((first(directive), names.template(&nth(directive, 1)))),
        "fastcgi_index" => level.fastcgi_index = Some(first(directive)),
        "fastcgi_param" => own.fastcgi.push((first(directive), names.template(&nth(directive, 1)))),
        "proxy_method" => own.method = Some(names.template(&first(directive))),
        "proxy_pass_request_headers" => own.withholds = Some(!is_on(directive)),
        "mirror" => {
            let to = directive.args().next().map(Arg::value).unwrap_or_default().into_owned();
            if to != "off" {
                own.mirrors.push((to, at));
            }
        }
        "mirror_request_body" => {}
        // The file comes with nginx, and no dump of one file holds it.
        "include" if first(directive).ends_with("fastcgi_params") => {
            let all = FASTCGI_PARAMS.iter().chain([&("HTTPS", "$https")]);
            own.fastcgi.extend(all.map(|(name, value)| ((*name).to_owned(), names.template(value))));
        }
        _ => return false,
    }
    true
}
