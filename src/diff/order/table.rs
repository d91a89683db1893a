//! Which directives nginx reads in order: the only list of them. What is not here may stand in any order.

use super::super::pair;
use crate::conf::Directive;

/// How often the directives of one block may be in groups. Beyond it, as a hostile text may have it, all of a row are one group.
pub(super) const MOST_MEMBERS: usize = 1 << 20;

/// What of a block nginx reads in order among itself.
#[derive(Debug)]
pub struct Row {
    /// Names of directives; all of them share their order.
    pub names: &'static [&'static str],
    /// The blocks that it is about.
    pub context: Context,
    /// Which of them meet.
    pub(super) by: By,
}

/// Blocks whose lines are read in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Every block of directives.
    Directives,
    /// `map`
    Map,
    /// `geo`
    Geo,
    /// `split_clients`
    SplitClients,
    /// `types`
    Types,
    /// `upstream`
    Upstream,
}

impl Context {
    /// What is in a block; none: at the top of a file.
    pub(super) fn of(block: Option<Directive<'_>>) -> Self {
        match block.as_ref().map(|block| block.name()).as_deref() {
            Some("map") => Self::Map,
            Some("geo") => Self::Geo,
            Some("split_clients") => Self::SplitClients,
            Some("types") => Self::Types,
            Some("upstream") => Self::Upstream,
            _ => Self::Directives,
        }
    }
}

/// Which directives of a row have an order among themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// All of them.
    All,
    /// All of them, but neighbours of one name say the same in any order: `allow` and `deny`.
    Runs,
    /// Those with the same first argument.
    First,
    /// Those with the same first argument, whatever the case of its letters.
    FirstOfAnyCase,
    /// Those with the same last argument: two definitions of one variable.
    Last,
    /// Those that are about the same header, as the module headers-more names it.
    Headers,
    /// Those that are about the same status.
    Statuses,
    /// Those that set a variable, and those that read one that is set.
    Variables,
    /// `location` with regular expressions.
    RegexLocations,
    /// Servers that listen on the same address: regular expressions, names that several have, and which one is the first.
    Servers,
    /// Lines with regular expressions, and host names with a wildcard behind and before `hostnames`.
    MapLines,
    /// Ranges that overlap, and the same network twice.
    Networks,
    /// File names with the same ending.
    Endings,
    /// The servers of an upstream whose choice depends on their number.
    CountedServers,
    /// What is read textually: it may hold anything.
    Include,
}

const fn row(names: &'static [&'static str], by: By) -> Row {
    Row { names, context: Context::Directives, by }
}

/// All rows.
pub const ROWS: &[Row] = &[
    // A program that runs from the top.
    row(
        &[
            "array_join",
            "array_map",
            "array_map_op",
            "array_split",
            "break",
            "if",
            "return",
            "rewrite",
            "set",
            "set_by_lua",
            "set_by_lua_block",
            "set_by_lua_file",
            "set_decode_base32",
            "set_decode_base64",
            "set_decode_base64url",
            "set_decode_hex",
            "set_decrypt_session",
            "set_encode_base32",
            "set_encode_base64",
            "set_encode_base64url",
            "set_encode_hex",
            "set_encrypt_session",
            "set_escape_uri",
            "set_form_input",
            "set_form_input_multi",
            "set_formatted_gmt_time",
            "set_formatted_local_time",
            "set_hashed_upstream",
            "set_hmac_sha1",
            "set_hmac_sha256",
            "set_if_empty",
            "set_local_today",
            "set_md5",
            "set_quote_json_str",
            "set_quote_pgsql_str",
            "set_quote_sql_str",
            "set_random",
            "set_rotate",
            "set_secure_random_alphanum",
            "set_secure_random_lcalpha",
            "set_sha1",
            "set_unescape_uri",
        ],
        By::All,
    ),
    // The first rule that fits decides.
    row(&["allow", "deny"], By::Runs),
    row(&["location"], By::RegexLocations),
    row(&["server"], By::Servers),
    row(&["error_page"], By::Statuses),
    row(&["proxy_redirect"], By::All),
    row(&["proxy_cookie_domain"], By::All),
    row(&["proxy_cookie_flags"], By::All),
    row(&["proxy_cookie_path"], By::All),
    row(&["proxy_cache_valid"], By::All),
    row(&["fastcgi_cache_valid"], By::All),
    row(&["scgi_cache_valid"], By::All),
    row(&["uwsgi_cache_valid"], By::All),
    row(&["index"], By::All),
    row(&["sub_filter"], By::All),
    row(&["subs_filter"], By::All),
    // Lines of one header are sent in their order, or the last one decides.
    row(&["add_header"], By::FirstOfAnyCase),
    row(&["add_trailer"], By::FirstOfAnyCase),
    row(&["more_clear_headers", "more_set_headers"], By::Headers),
    row(&["more_clear_input_headers", "more_set_input_headers"], By::Headers),
    row(&["proxy_set_header"], By::FirstOfAnyCase),
    row(&["grpc_set_header"], By::FirstOfAnyCase),
    row(&["fastcgi_param"], By::First),
    row(&["scgi_param"], By::First),
    row(&["uwsgi_param"], By::First),
    row(&["auth_request_set"], By::Variables),
    // The last one decides.
    row(&["geo", "map", "split_clients"], By::Last),
    row(
        &[
            "content_by_lua",
            "content_by_lua_block",
            "content_by_lua_file",
            "echo",
            "empty_gif",
            "fastcgi_pass",
            "flv",
            "grpc_pass",
            "memcached_pass",
            "mp4",
            "proxy_pass",
            "scgi_pass",
            "stub_status",
            "uwsgi_pass",
        ],
        By::All,
    ),
    row(&["ssl_certificate"], By::All),
    row(&["ssl_certificate_key"], By::All),
    row(&["ssl_conf_command"], By::First),
    row(&["grpc_ssl_conf_command"], By::First),
    row(&["proxy_ssl_conf_command"], By::First),
    // The first one encrypts.
    row(&["ssl_session_ticket_key"], By::All),
    // What follows works on what came before.
    row(&["modsecurity_rules", "modsecurity_rules_file", "modsecurity_rules_remote"], By::All),
    row(&["load_module"], By::All),
    row(&["include"], By::Include),
    Row { names: &[], context: Context::Map, by: By::MapLines },
    Row { names: &[], context: Context::Geo, by: By::Networks },
    Row { names: &[], context: Context::SplitClients, by: By::All },
    Row { names: &[], context: Context::Types, by: By::Endings },
    Row { names: &["server"], context: Context::Upstream, by: By::CountedServers },
    // A method that stands behind `keepalive` takes its place.
    Row {
        names: &["balancer_by_lua_block", "balancer_by_lua_file", "hash", "ip_hash", "keepalive", "least_conn", "random"],
        context: Context::Upstream,
        by: By::All,
    },
    Row { names: &["include"], context: Context::Upstream, by: By::Include },
];

/// The number of the row that a directive belongs to in a block of this kind; a row without names takes all lines.
pub(super) fn find(context: Context, directive: Directive<'_>) -> Option<usize> {
    let name = directive.name();
    let is_one = |row: &Row| row.context == context && (row.names.is_empty() || row.names.contains(&&*name));
    ROWS.iter().position(is_one).filter(|at| ROWS[*at].by != By::RegexLocations || is_regex(directive))
}

fn is_regex(location: Directive<'_>) -> bool {
    pair::location(location).is_some_and(|(modifier, _)| modifier.starts_with('~'))
}

#[cfg(test)]
mod tests {
    use hashbrown::HashSet;

    use super::*;

    #[test]
    fn names_are_sorted_and_stand_once() {
        let mut seen = HashSet::new();
        for row in ROWS {
            assert!(row.names.is_sorted(), "{:?}", row.names);
            for name in row.names {
                assert!(seen.insert((format!("{:?}", row.context), name)), "{name} stands twice");
            }
        }
    }
}
