//! Hosts and routes stand in the order in which nginx asks them, with what each of them inherits.

use super::*;
use crate::conf;
use crate::route::{CheckKind, Dynamic, Match};
use crate::source::FileId;

const CONF: &str = r#"
http {
    proxy_read_timeout 90s;
    limit_req_zone $binary_remote_addr zone=slow:5m rate=20r/s;
    geo $known { default 0; 192.0.2.0/24 1; }
    map $known $counted { 0 $binary_remote_addr; 1 ""; }
    limit_req_zone $counted zone=strangers:5m rate=1r/m;
    upstream api { server 10.0.0.1:80; server 10.0.0.2:80; server 10.0.0.3:80 down; }
    upstream api-new { server 10.0.0.9:80; }
    split_clients $request_id $chosen { 10% api-new; * api; }
    server { listen 80 default_server; server_name _; location / { return 404; } }
    server { listen 80; server_name ~^(?<who>.+)\.users\.example$; location / { proxy_pass http://api; } }
    server { listen 80; server_name *.example; location / { proxy_pass http://10.0.0.5:81/; } }
    server { listen 80; server_name *.long.example; location / { return 301 https://$host$request_uri; } }
    server { listen 80; server_name www.shop.example; return 308 $scheme://shop.example$request_uri; }
    server { listen 127.0.0.1:10246; server_name localhost; location / { proxy_pass http://api; } }
    server {
        listen 80;
        listen 443 ssl;
        server_name shop.example other.example;
        ssl_certificate tls/shop.pem;
        ssl_verify_client optional;
        if ($bad) { return 403; }
        if ($uri = /) { return 302 /start; }
        client_max_body_size 8m;
        location / { proxy_pass http://$chosen; }
        location /long/path { allow 192.0.2.0/24; deny all; proxy_pass http://api; }
        location ~ \.php$ { limit_req zone=slow burst=5; limit_req zone=strangers; limit_conn slow 3; fastcgi_pass api; fastcgi_read_timeout 5s; }
        location ^~ /static { auth_basic "Staff"; satisfy any; proxy_pass http://api; }
        location = /exact { auth_request /auth; proxy_pass http://api; }
        location ~* ^/v(\d+) { rewrite ^/v\d+(.*) $1 break; proxy_read_timeout 5m; proxy_pass http://api; }
        location /outer { location ~ x$ { proxy_pass http://api; } proxy_pass http://api; }
        location = /auth { internal; proxy_pass http://user:secret@auth.example/check; }
        location @named { return 200; }
        location /odd { some_module on; proxy_pass http://$elsewhere; }
    }
}
"#;

fn with(check: impl FnOnce(&Table, &Config<'_>)) {
    let tree = conf::parse(FileId(0), CONF).value;
    let config = Config::lift(&tree, Dynamic::default());
    let table = config.table(&|_| None);
    check(&table, &config);
}

fn route<'a>(table: &'a Table, host: &str, path: &str) -> &'a Route {
    let host = table.hosts.iter().find(|known| known.name == host).expect("the host is there");
    host.routes.iter().find(|route| route.path == path).expect("the route is there")
}

#[test]
fn hosts_stand_in_the_order_in_which_names_are_compared() {
    with(|table, _| {
        let names: Vec<(&str, HostKind)> = table.hosts.iter().map(|host| (host.name.as_str(), host.kind)).collect();
        let expected = [
            ("www.shop.example", HostKind::Exact),
            ("shop.example", HostKind::Exact),
            ("*.long.example", HostKind::Wildcard),
            ("*.example", HostKind::Wildcard),
            (r"~^(?<who>.+)\.users\.example$", HostKind::Regex),
            ("_", HostKind::Default),
        ];
        assert_eq!(names, expected);
        let shop = &table.hosts[1];
        assert_eq!((shop.ports.as_slice(), shop.names.len()), ([80, 443].as_slice(), 2));
        assert_eq!(
            table.ports.iter().map(|port| (port.port, port.is_tls, port.default)).collect::<Vec<_>>()[..2],
            [(80, false, Some(5)), (443, true, Some(1))]
        );
    });
}

#[test]
fn routes_stand_in_the_order_in_which_paths_are_compared() {
    with(|table, _| {
        let routes: Vec<(&str, &str, Match, bool)> =
            table.hosts[1].routes.iter().map(|route| (route.sign, route.path.as_str(), route.by, route.within.is_some())).collect();
        let expected = [
            ("=", "/exact", Match::Exact, false),
            ("=", "/auth", Match::Exact, false),
            ("^~", "/static", Match::Prefix, false),
            ("~", r"\.php$", Match::Regex, false),
            ("~*", r"^/v(\d+)", Match::Regex, false),
            ("", "/long/path", Match::Prefix, false),
            ("", "/outer", Match::Prefix, false),
            ("~", "x$", Match::Regex, true),
            ("", "/odd", Match::Prefix, false),
            ("", "/", Match::Prefix, false),
        ];
        assert_eq!(routes, expected);
        let internal: Vec<&str> = table.hosts[1].routes.iter().filter(|route| route.is_internal).map(|route| route.path.as_str()).collect();
        assert_eq!(internal, ["/auth"]);
    });
}

#[test]
fn protections_are_told_with_what_they_ask() {
    with(|table, _| {
        for (path, kind, detail) in [
            ("/", CheckKind::ClientCertificate, "checked where one is shown"),
            ("/long/path", CheckKind::Allow, "allow 192.0.2.0/24, deny all"),
            ("/static", CheckKind::Password, "Staff"),
            ("/exact", CheckKind::ExternalAuth, "http://user:secret@auth.example/check"),
            (r"\.php$", CheckKind::Rate, "20r/s burst=5"),
            (r"\.php$", CheckKind::Connections, "3"),
        ] {
            let guards = &route(table, "shop.example", path).guards;
            assert!(guards.iter().any(|guard| guard.kind == kind && guard.detail == detail), "{path}: {guards:?}");
        }
        let php = route(table, "shop.example", r"\.php$");
        assert!(php.guards.iter().any(|guard| guard.detail == "1r/m" && guard.exempt == ["192.0.2.0/24"]), "{:?}", php.guards);
        assert!(route(table, "shop.example", "/static").is_any_enough);
        assert!(route(table, "*.example", "/").guards.is_empty());
    });
}

#[test]
fn requests_go_where_most_of_them_go() {
    with(|table, _| {
        let goal = |host: &str, path: &str| match &route(table, host, path).goal {
            Goal::Backend(upstream) => {
                (upstream.name.clone(), upstream.endpoints.clone().unwrap_or_default().join(" "), upstream.protocol.clone())
            }
            other => (format!("{other:?}"), String::new(), String::new()),
        };
        let text = |words: [&str; 3]| (words[0].to_owned(), words[1].to_owned(), words[2].to_owned());
        assert_eq!(goal("shop.example", "/"), text(["api", "10.0.0.1:80 10.0.0.2:80", "http"]));
        assert_eq!(goal("shop.example", r"\.php$"), text(["api", "10.0.0.1:80 10.0.0.2:80", "fastcgi"]));
        assert_eq!(goal("*.example", "/"), text(["10.0.0.5:81", "10.0.0.5:81", "http"]));
        assert_eq!(goal("_", "/").0, "Answer(404)");
        assert_eq!(goal("www.shop.example", "/").0, "Answer(308)");
        let canaries = &route(table, "shop.example", "/").canaries;
        assert_eq!(
            canaries.iter().map(|canary| (canary.upstream.as_str(), canary.when.join("|"))).collect::<Vec<_>>(),
            [("api-new", String::from("10% of requests"))]
        );
        let odd = route(table, "shop.example", "/odd");
        assert_eq!(odd.unknown, ["what `some_module` does", "where requests are passed to"]);
    });
}

#[test]
fn redirects_and_new_paths_are_told_where_they_apply() {
    with(|table, _| {
        let redirects = |host: &str, path: &str| {
            let all = &route(table, host, path).redirects;
            all.iter().map(|redirect| (redirect.kind, redirect.status, redirect.when.clone())).collect::<Vec<_>>()
        };
        let root = Some(String::from("$uri = /"));
        assert_eq!(redirects("shop.example", "/"), [(RedirectKind::AppRoot, Some(302), root)]);
        assert_eq!(redirects("shop.example", "/long/path"), []);
        assert_eq!(redirects("www.shop.example", "/"), [(RedirectKind::Www, Some(308), None)]);
        assert_eq!(redirects("*.long.example", "/"), [(RedirectKind::Permanent, Some(301), None)]);
        assert_eq!(route(table, "shop.example", r"^/v(\d+)").rewrites, ["$1"]);
        assert_eq!(route(table, "shop.example", "/").conditions, ["403 if $bad"]);
    });
}

#[test]
fn limits_are_those_that_hold_and_say_whether_they_are_usual() {
    with(|table, config| {
        let limit = |table: &Table, path: &str, name: &str| {
            let route = route(table, "shop.example", path);
            let found = route.limits.iter().find(|limit| limit.name == name).expect("it is told");
            (found.value.clone(), found.is_default)
        };
        for (path, name, value, is_default) in [
            ("/", "body-size", "8m", false),
            ("/", "read-timeout", "90s", false),
            ("/", "connect-timeout", "60s", true),
            (r"^/v(\d+)", "read-timeout", "5m", false),
            (r"\.php$", "read-timeout", "5s", false),
            (r"\.php$", "send-timeout", "60s", true),
        ] {
            assert_eq!(limit(table, path, name), (value.to_owned(), is_default), "{path} {name}");
        }
        let other = config.table(&|directive| (directive == "proxy_read_timeout").then(|| String::from("90")));
        assert_eq!(limit(&other, "/", "read-timeout"), (String::from("90s"), true));
    });
}

#[test]
fn the_host_that_answers_for_a_name_is_found() {
    with(|table, config| {
        let name = |host: &str| {
            let at = config.servers_of(host);
            table.hosts.iter().filter(|host| at.contains(&host.at)).map(|host| host.name.as_str()).collect::<Vec<_>>().join(" ")
        };
        for (host, expected) in [
            ("Shop.example", "shop.example"),
            ("*.example", "*.example"),
            ("a.b.long.example", "*.long.example"),
            ("ann.users.example", "*.example"),
            ("nobody.test", "shop.example _"),
        ] {
            assert_eq!(name(host), expected, "{host}");
        }
    });
}
