//! Each kind of protection, with the direction known by construction; the reverse of a change must be the reverse verdict.

use pretty_assertions::assert_eq;

use super::*;
use crate::conf::{self, Directive};
use crate::source::FileId;

/// The innermost of the blocks `http`, `server`, `location` that are there, with those around it.
fn blocks<'a>(tree: &'a conf::Tree<'_>) -> Vec<Directive<'a>> {
    let mut found: Vec<Directive<'a>> = Vec::new();
    for name in ["http", "server", "location"] {
        let inside: Vec<Directive<'a>> = found.last().map_or_else(|| tree.directives().collect(), |block| block.directives().collect());
        found.extend(inside.into_iter().find(|directive| directive.is_block() && directive.name() == name));
    }
    found
}

fn judged(before: &str, after: &str) -> Vec<(Option<Verdict>, String)> {
    let (before, after) = (conf::parse(FileId(0), before), conf::parse(FileId(1), after));
    assert_eq!((before.diagnostics, after.diagnostics), (vec![], vec![]));
    let (before, after) = (before.value, after.value);
    let (before, after) = (blocks(&before), blocks(&after));
    let (old, new) = (Configuration::new(before.first().copied()), Configuration::new(after.first().copied()));
    let mut found = of_path(&Route::new(&old, &before), &Route::new(&new, &after));
    found.extend(of_host(&Route::new(&old, &before[..2]), &Route::new(&new, &after[..2])));
    found.into_iter().map(|judgement| (judgement.verdict, judgement.message)).collect()
}

fn reversed(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Lost => Verdict::Gained,
        Verdict::Weaker => Verdict::Stronger,
        Verdict::Changed => Verdict::Changed,
        Verdict::Stronger => Verdict::Weaker,
        Verdict::Gained => Verdict::Lost,
    }
}

/// What stands on the three levels; levels are told apart by `@`: `http @ server @ location`, or the location alone.
fn whole(text: &str) -> String {
    let parts: Vec<&str> = text.split('@').collect();
    let (http, server, location) = match parts.as_slice() {
        [http, server, location] => (*http, *server, *location),
        [server, location] => ("", *server, *location),
        _ => ("", "", text),
    };
    format!("http {{ {http} server {{ server_name a; {server} location / {{ {location} }} }} }}")
}

/// Demands a verdict of one change, and the reverse of the change back.
fn demand(cases: &[(&str, &str, &[Verdict])]) {
    for (before, after, expected) in cases {
        let (one, other) = (whole(before), whole(after));
        let verdicts = |judged: &[(Option<Verdict>, String)]| judged.iter().filter_map(|(verdict, _)| *verdict).collect::<Vec<_>>();
        let there = judged(&one, &other);
        assert_eq!(verdicts(&there), *expected, "{before} -> {after}: {there:?}");
        let back = judged(&other, &one);
        let expected: Vec<Verdict> = expected.iter().map(|verdict| reversed(*verdict)).collect();
        assert_eq!(verdicts(&back), expected, "{after} -> {before}: {back:?}");
    }
}

use Verdict::{Changed, Gained, Lost, Stronger, Weaker};

#[test]
fn addresses_are_judged_by_whom_they_let_in() {
    demand(&[
        ("", "allow 10.0.0.0/8; deny all;", &[Gained]),
        ("allow 10.0.0.0/8; deny all;", "allow 10.0.0.0/8; allow 0.0.0.0/0; deny all;", &[Weaker]),
        ("allow 10.0.0.0/8; deny all;", "allow 10.0.0.0/8; allow 0.0.0.0/0; allow ::/0; deny all;", &[Weaker]),
        ("allow 10.0.0.0/8; deny all;", "allow all; deny all;", &[Lost]),
        ("allow 10.0.0.0/8; deny all;", "allow 10.1.0.0/16; deny all;", &[Stronger]),
        ("allow 10.0.0.0/8; deny all;", "allow 11.0.0.0/8; deny all;", &[Changed]),
        ("allow 10.0.0.0/8; deny all;", "allow 10.0.0.0/9; allow 10.128.0.0/9; deny all;", &[]),
        ("allow 10.0.0.0/8; deny all;", "allow 10.0.0.0/8; allow 10.1.0.0/16; deny all;", &[]),
        ("allow 10.0.0.0/8; deny all;", "deny all; allow 10.0.0.0/8;", &[Stronger]),
        ("allow 10.0.0.0/8; deny all;", "allow 10.0.0.0/8;", &[Lost]),
        ("deny 10.0.0.1;", "deny 10.0.0.1; deny 10.0.0.2;", &[Stronger]),
        ("deny 10.0.0.1;", "", &[Lost]),
        ("allow 10.0.0.0/8; deny 10.1.0.0/16; deny all;", "deny 10.1.0.0/16; allow 10.0.0.0/8; deny all;", &[Stronger]),
        ("allow 2001:db8::/32; deny all;", "allow 2001:db8::/31; deny all;", &[Weaker]),
        // A list of its own takes the place of what is around it.
        ("deny 10.1.0.0/16; @ @ ", "deny 10.1.0.0/16; @ @ allow 10.0.0.0/8; deny all;", &[Changed]),
        ("deny 10.1.0.0/16; @ @ ", "deny 10.1.0.0/16; @ @ allow 11.0.0.0/8; deny all;", &[Stronger]),
        ("deny 10.1.0.0/16; @ @ allow 10.0.0.0/8; deny all;", " @ @ allow 10.0.0.0/8; deny all;", &[]),
        ("deny 10.1.0.0/16; @ @ ", " @ @ ", &[Lost]),
    ]);
}

#[test]
fn checks_are_joined_as_nginx_joins_them() {
    const PASSWORD: &str = "auth_basic a; auth_basic_user_file /f;";
    let with = |more: &str| format!("{PASSWORD} {more}");
    let list = "allow 10.0.0.0/8; deny all;";
    demand(&[
        ("", PASSWORD, &[Gained]),
        (PASSWORD, "auth_basic a; auth_basic_user_file /g;", &[Changed]),
        (PASSWORD, "auth_basic off; auth_basic_user_file /f;", &[Lost]),
        (&with("auth_request /x;"), PASSWORD, &[Lost]),
        ("auth_request /x;", "auth_request /y;", &[Changed]),
        // One of several ways in: another way is weaker, one less is stronger.
        (&with(list), &with(&format!("satisfy any; {list}")), &[Weaker]),
        (&with("satisfy any;"), &with(&format!("satisfy any; {list}")), &[Weaker]),
        (&with(&format!("satisfy any; {list}")), &format!("satisfy any; {list}"), &[Stronger]),
        (&with(&format!("satisfy any; {list}")), &with("satisfy any; allow 10.0.0.0/8; allow 0.0.0.0/0; deny all;"), &[Weaker]),
        (&with("satisfy any; auth_request /x;"), &with("satisfy any;"), &[Stronger]),
        (&with("auth_request /x;"), &with("satisfy any; auth_request /x;"), &[Weaker]),
        // Alone, it joins nothing.
        (PASSWORD, &with("satisfy any;"), &[]),
        (list, &format!("satisfy any; {list}"), &[]),
        // Both at once are judged together: with `all` the list would have been a gain.
        (PASSWORD, &with(&format!("satisfy any; {list}")), &[Weaker]),
        (PASSWORD, list, &[Gained, Lost]),
        ("return 503;", PASSWORD, &[Weaker]),
        ("return 301 /x;", PASSWORD, &[]),
        ("satisfy any; @ auth_basic a; auth_basic_user_file /f;", &format!("satisfy any; @ {}", with(list)), &[Weaker]),
    ]);
}

#[test]
fn the_request_to_a_service_is_compared_where_it_is_written() {
    for (before, after, expected) in [
        ("set $target http://a; proxy_pass $target;", "set $target http://b; proxy_pass $target;", Some(Changed)),
        ("proxy_pass http://a; proxy_buffer_size 4k;", "proxy_pass http://a; proxy_buffer_size 8k;", None),
        ("proxy_pass http://a;", "proxy_pass http://a; proxy_method POST;", Some(Changed)),
    ] {
        let text = |inside: &str| {
            format!("http {{ server {{ server_name a; location / {{ auth_request /ask; }} location = /ask {{ internal; {inside} }} }} }}")
        };
        let found = judged(&text(before), &text(after));
        assert_eq!(found.first().and_then(|(verdict, _)| *verdict), expected, "{before} -> {after}: {found:?}");
    }
}

#[test]
fn limits_are_compared_as_numbers() {
    let zone = |rate: &str, exempt: &str, own: &str| {
        format!(
            "geo $remote_addr $allowlist_x {{ default 0; {exempt} }} map $allowlist_x $limit_x {{ 0 $binary_remote_addr; 1 \"\"; }} \
             limit_req_zone $limit_x zone=z:5m rate={rate}; limit_conn_zone $limit_x zone=c:5m; @ @ {own}"
        )
    };
    let five = zone("5r/s", "", "limit_req zone=z burst=25 nodelay;");
    demand(&[
        ("", &five, &[Gained]),
        (&five, &zone("500r/s", "", "limit_req zone=z burst=2500 nodelay;"), &[Weaker]),
        (&five, &zone("5r/s", "", "limit_req zone=z burst=30 nodelay;"), &[Weaker]),
        (&five, &zone("5r/s", "", "limit_req zone=z burst=25;"), &[Stronger]),
        (&five, &zone("300r/m", "", "limit_req zone=z burst=25 nodelay;"), &[]),
        (&five, &zone("4r/s", "", "limit_req zone=z burst=30 nodelay;"), &[Changed]),
        (&five, &zone("5r/s", "0.0.0.0/0 1;", "limit_req zone=z burst=25 nodelay;"), &[Weaker]),
        (&five, &zone("5r/s", "0.0.0.0/0 1; ::/0 1;", "limit_req zone=z burst=25 nodelay;"), &[Weaker]),
        (&zone("5r/s", "10.0.0.0/8 1;", "limit_req zone=z;"), &zone("5r/s", "10.0.0.0/9 1; 10.128.0.0/9 1;", "limit_req zone=z;"), &[]),
        (&five, &zone("5r/s", "", "limit_req_dry_run on; limit_req zone=z burst=25 nodelay;"), &[Lost]),
        (&zone("5r/s", "", "limit_conn c 5;"), &zone("5r/s", "", "limit_conn c 50;"), &[Weaker]),
        (&zone("5r/s", "", "limit_conn c 5;"), &zone("5r/s", "", ""), &[Lost]),
        ("", "limit_rate 10k;", &[Gained]),
        ("limit_rate 10k;", "limit_rate 20k;", &[Weaker]),
        ("limit_rate 10k;", "limit_rate 10k; limit_rate_after 1m;", &[Weaker]),
        ("limit_rate 10k;", "limit_rate $x;", &[Changed]),
        ("limit_rate_after 5m;", "limit_rate_after 6m;", &[]),
        ("client_max_body_size 8m;", "client_max_body_size 16m;", &[Weaker]),
        ("client_max_body_size 8m;", "client_max_body_size 0;", &[Lost]),
        ("client_max_body_size 8m;", "", &[Stronger]),
        ("client_max_body_size 1024k;", "client_max_body_size 1m;", &[]),
    ]);
}

#[test]
fn tls_is_judged_by_what_is_offered() {
    demand(&[
        ("ssl_protocols TLSv1.2 TLSv1.3; @ @ ", "ssl_protocols TLSv1 TLSv1.2 TLSv1.3; @ @ ", &[Weaker]),
        ("ssl_protocols TLSv1.2 TLSv1.3; @ @ ", "ssl_protocols TLSv1.3; @ @ ", &[Stronger]),
        ("ssl_protocols TLSv1.2; @ @ ", "ssl_protocols TLSv1.2 TLSv1.3; @ @ ", &[Changed]),
        ("ssl_protocols TLSv1 TLSv1.1 TLSv1.2; @ @ ", "ssl_protocols TLSv1.2 TLSv1.3; @ @ ", &[Stronger]),
        ("ssl_protocols TLSv1.2 TLSv1.3; @ @ ", "ssl_protocols TLSv1.3 TLSv1.2; @ @ ", &[]),
        ("ssl_ciphers A:B; @ @ ", "ssl_ciphers A:B:C; @ @ ", &[Weaker]),
        ("ssl_ciphers A:B; @ @ ", "ssl_ciphers B:A; @ @ ", &[]),
        ("ssl_ciphers HIGH:!aNULL; @ @ ", "ssl_ciphers HIGH; @ @ ", &[Weaker]),
        ("ssl_ciphers A:B; @ @ ", "ssl_ciphers A:B; @ ssl_ciphers A; @ ", &[Stronger]),
        ("ssl_early_data off; @ @ ", "ssl_early_data on; @ @ ", &[Weaker]),
        ("ssl_session_tickets off; @ @ ", "ssl_session_tickets on; @ @ ", &[Weaker]),
        ("ssl_reject_handshake on; @ ", "ssl_reject_handshake off; @ ", &[Lost]),
        ("ssl_verify_client on; ssl_client_certificate /a; @ ", " @ ", &[Lost]),
        ("ssl_verify_client on; ssl_client_certificate /a; @ ", "ssl_verify_client optional; ssl_client_certificate /a; @ ", &[Weaker]),
        ("ssl_verify_client optional; @ ", "ssl_verify_client optional_no_ca; @ ", &[Weaker]),
        ("ssl_verify_client on; ssl_verify_depth 1; @ ", "ssl_verify_client on; ssl_verify_depth 3; @ ", &[Weaker]),
        ("ssl_verify_client on; ssl_crl /a; @ ", "ssl_verify_client on; @ ", &[Lost]),
        ("ssl_verify_client on; ssl_client_certificate /a; @ ", "ssl_verify_client on; ssl_client_certificate /b; @ ", &[Changed]),
        ("ssl_verify_client off; ssl_verify_depth 1; @ ", "ssl_verify_client off; ssl_verify_depth 3; @ ", &[]),
        ("proxy_ssl_verify on;", "proxy_ssl_verify off;", &[Lost]),
        ("proxy_ssl_verify on; proxy_ssl_verify_depth 1;", "proxy_ssl_verify on; proxy_ssl_verify_depth 2;", &[Weaker]),
        ("set $ssl_redirect \"true\";", "set $ssl_redirect \"false\";", &[Lost]),
        ("set $ssl_redirect true; set $force_ssl_redirect true;", "set $ssl_redirect true; set $force_ssl_redirect false;", &[Weaker]),
        ("set $ssl_redirect true; set $force_ssl_redirect true;", "set $ssl_redirect false; set $force_ssl_redirect true;", &[]),
        ("rewrite_by_lua_block { f({ ssl_redirect = true, }) }", "rewrite_by_lua_block { f({ ssl_redirect = false, }) }", &[Lost]),
        ("if ($scheme = http) { return 301 https://$host; } @ ", " @ ", &[Lost]),
    ]);
}

#[test]
fn what_browsers_are_told_is_compared() {
    demand(&[
        ("add_header Strict-Transport-Security \"max-age=60\";", "", &[Lost]),
        (
            "more_set_headers 'Strict-Transport-Security: max-age=60';",
            "more_set_headers 'Strict-Transport-Security: max-age=30';",
            &[Weaker],
        ),
        ("more_set_headers 'Strict-Transport-Security: max-age=60';", "more_set_headers 'Strict-Transport-Security: max-age=0';", &[Lost]),
        (
            "more_set_headers 'Strict-Transport-Security: max-age=60';",
            "more_set_headers 'Strict-Transport-Security: max-age=60; includeSubDomains';",
            &[Stronger],
        ),
        // A header of its own takes the place of all around it.
        ("add_header X-Frame-Options DENY; @ @ ", "add_header X-Frame-Options DENY; @ @ add_header A b;", &[Lost]),
        ("more_set_headers 'X-Frame-Options: DENY'; @ @ ", "more_set_headers 'X-Frame-Options: DENY'; @ @ more_set_headers 'A: b';", &[]),
        (
            "init_by_lua_block { c({ hsts = true, hsts_max_age = 5, }) } @ @ ",
            "init_by_lua_block { c({ hsts = false, hsts_max_age = 5, }) } @ @ ",
            &[Lost],
        ),
    ]);
    let cors = |origins: &str, credentials: bool| {
        let more = if credentials { "more_set_headers 'Access-Control-Allow-Credentials: true';" } else { "" };
        format!(
            "if ($http_origin ~* ({origins})$ ) {{ set $cors 'true'; }} \
             if ($cors = \"true\") {{ more_set_headers 'Access-Control-Allow-Origin: $http_origin'; {more} }}"
        )
    };
    let any =
        "set $http_origin *; set $cors 'true'; if ($cors = \"true\") { more_set_headers 'Access-Control-Allow-Origin: $http_origin'; }";
    let one = cors("(https://a\\.example)", false);
    demand(&[
        ("", &one, &[Weaker]),
        (&one, &cors("(https://a\\.example)|(https://b\\.example)", false), &[Weaker]),
        (&one, &cors("(https://b\\.example)", false), &[Changed]),
        (&one, &cors("(https://a\\.example)", true), &[Weaker]),
        (&one, any, &[Weaker]),
        ("", "add_header Access-Control-Allow-Origin *;", &[Weaker]),
    ]);
}

#[test]
fn refusals_and_the_firewall_are_compared() {
    let agents = |list: &str| format!("map $http_user_agent $block_ua {{ default 0; {list} }} @ if ($block_ua) {{ return 403; }} @ ");
    demand(&[
        (" @ @ ", &agents("a 1;"), &[Gained]),
        (&agents("a 1; b 1;"), &agents("a 1;"), &[Weaker]),
        (&agents("a 1;"), &agents("b 1;"), &[Changed]),
        ("if ($ssl_client_s_dn !~ CN=a) { return 403; } @ ", "if ($ssl_client_s_dn !~ CN=b) { return 403; } @ ", &[Changed]),
        ("if ($ssl_client_s_dn !~ CN=a) { return 403; } @ ", " @ ", &[Lost]),
        ("if ($http_x = 1) { return 403; }", "", &[Lost]),
        ("if ($http_x = 1) { return 200; }", "", &[]),
        ("limit_except GET { deny all; }", "", &[Lost]),
        ("modsecurity on;", "modsecurity off;", &[Lost]),
        ("modsecurity on; @ @ ", "modsecurity on; @ @ modsecurity off;", &[Lost]),
        (
            "modsecurity on; modsecurity_rules 'SecRuleEngine On';",
            "modsecurity on; modsecurity_rules 'SecRuleEngine DetectionOnly';",
            &[Weaker],
        ),
        ("modsecurity on; modsecurity_rules 'SecRuleEngine On';", "modsecurity on; modsecurity_rules 'SecRuleEngine Off';", &[Lost]),
        ("modsecurity on; modsecurity_rules_file /a; modsecurity_rules_file /b;", "modsecurity on; modsecurity_rules_file /a;", &[Weaker]),
        ("modsecurity on; modsecurity_rules 'SecRule a';", "modsecurity on; modsecurity_rules 'SecRule b';", &[Changed]),
        ("modsecurity off; modsecurity_rules_file /a;", "modsecurity off;", &[]),
        ("real_ip_header A; set_real_ip_from 10.0.0.0/8; @ @ ", "real_ip_header A; set_real_ip_from 0.0.0.0/0; @ @ ", &[Weaker]),
        ("real_ip_header A; set_real_ip_from 10.0.0.0/8; @ @ ", " @ @ ", &[Changed]),
    ]);
}

/// What decides who may come, as it would be drawn by somebody who writes at random.
#[derive(Debug, Clone)]
struct Drawn {
    rules: Vec<(bool, usize)>,
    /// The file of passwords and the service, where there is one.
    password: Option<u8>,
    service: Option<u8>,
    any: bool,
}

const NETWORKS: [&str; 6] = ["all", "10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "2001:db8::/32", "192.0.2.1"];
/// A client of each part that the networks cut, with the networks that it is in.
const CLIENTS: [&[usize]; 6] = [&[0, 1, 2, 3], &[0, 1, 3], &[0, 3], &[0, 3, 5], &[0, 4], &[0]];

impl Drawn {
    fn text(&self) -> String {
        let rules =
            self.rules.iter().map(|(allows, network)| format!("{} {};", if *allows { "allow" } else { "deny" }, NETWORKS[*network]));
        let password = self.password.map(|file| format!("auth_basic a; auth_basic_user_file /{file};"));
        let service = self.service.map(|service| format!("auth_request /{service};"));
        rules.chain(password).chain(service).chain(self.any.then(|| String::from("satisfy any;"))).collect::<Vec<_>>().join(" ")
    }

    /// Whether nginx lets a client pass, one check after the other; `passes` says which of the four gates it can pass.
    fn admits(&self, networks: &[usize], passes: u8) -> bool {
        let first = self.rules.iter().find(|(_, network)| networks.contains(network)).map(|(allows, _)| *allows);
        let gates = [self.password.map(|file| passes & (1 << file) != 0), self.service.map(|service| passes & (4 << service) != 0)];
        let checks = [first, gates[0], gates[1]];
        if self.any {
            return checks.contains(&Some(true)) || !checks.contains(&Some(false));
        }
        !checks.contains(&Some(false))
    }

    fn admitted(&self) -> std::collections::BTreeSet<(usize, u8)> {
        let clients = (0..CLIENTS.len()).flat_map(|client| (0..16).map(move |passes| (client, passes)));
        clients.filter(|(client, passes)| self.admits(CLIENTS[*client], *passes)).collect()
    }
}

fn drawn() -> impl proptest::strategy::Strategy<Value = Drawn> {
    use proptest::prelude::*;
    let rules = proptest::collection::vec((any::<bool>(), 0..NETWORKS.len()), 0..4);
    let gate = || proptest::option::of(0u8..2);
    (rules, gate(), gate(), any::<bool>()).prop_map(|(rules, password, service, any)| Drawn { rules, password, service, any })
}

proptest::proptest! {
    /// Whatever is written: the verdict says what every client meets who is asked by one check after the other.
    #[test]
    fn verdicts_on_access_say_what_clients_meet(before in drawn(), after in drawn()) {
        let (old, new) = (before.admitted(), after.admitted());
        let verdicts: Vec<Verdict> = judged(&whole(&before.text()), &whole(&after.text())).into_iter().filter_map(|(verdict, _)| verdict).collect();
        let (opens, closes) = (!new.is_subset(&old), !old.is_subset(&new));
        let unranked = verdicts.contains(&Changed);
        let told_opens = unranked || verdicts.iter().any(|verdict| verdict.opens());
        let told_closes = unranked || verdicts.iter().any(|verdict| !verdict.opens() && *verdict != Changed);
        proptest::prop_assert_eq!((told_opens, told_closes), (opens, closes), "{} -> {}: {:?}", before.text(), after.text(), verdicts);
    }
}
