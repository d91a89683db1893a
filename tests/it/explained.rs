//! `explain`: what it says first, and what it does not take for a fact.

use serde_json::Value;

use crate::routing::{root, told};
use crate::support::program::{folder, run};

/// An Ingress of a namespace: its name, its annotations, its host, and the paths with their Services and ports.
fn ingress((namespace, name): (&str, &str), annotations: &str, host: &str, paths: &[(&str, &str, &str)]) -> String {
    let path = |(path, service, port): &(&str, &str, &str)| {
        let kind = if port.parse::<u16>().is_ok() { "number" } else { "name" };
        format!("{{path: {path}, pathType: Exact, backend: {{service: {{name: {service}, port: {{{kind}: {port}}}}}}}}}")
    };
    let paths: Vec<String> = paths.iter().map(path).collect();
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}, namespace: {namespace}, annotations: {{{annotations}}}}}\n\
         spec: {{ingressClassName: nginx, rules: [{{host: {host}, http: {{paths: [{}]}}}}]}}\n---\n",
        paths.join(", ")
    )
}

fn service(namespace: &str, name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{ports: [{{name: http, port: 80, targetPort: http}}]}}\n---\n"
    )
}

fn slice(namespace: &str, service: &str, port: &str, endpoints: &str) -> String {
    format!(
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: {service}-1, namespace: {namespace}, \
         labels: {{kubernetes.io/service-name: {service}}}}}\naddressType: IPv4\nports: [{{name: {port}, port: 8080}}]\nendpoints: [{endpoints}]\n---\n"
    )
}

#[test]
fn a_503_says_why_nobody_is_there() {
    let ready = "{addresses: [10.1.0.1], conditions: {ready: true}}";
    let paths = [
        ("/gone", "gone", "80"),
        ("/port", "web", "81"),
        ("/name", "web", "htpp"),
        ("/tired", "tired", "80"),
        ("/empty", "empty", "80"),
        ("/other", "other", "80"),
        ("/bare", "bare", "80"),
        ("/web", "web", "http"),
    ];
    let mut text = ingress(("shop", "all"), "", "a.example", &paths);
    text.extend(["web", "tired", "empty", "other", "bare"].map(|name| service("shop", name)));
    text.push_str(&slice("shop", "web", "http", ready));
    text.push_str(&slice("shop", "tired", "http", "{addresses: [10.1.0.1], conditions: {ready: false}}"));
    text.push_str(&slice("shop", "empty", "http", ""));
    text.push_str(&slice("shop", "other", "metrics", ready));
    let folder = folder(&[("all.yaml", &text)]);
    let manifests = folder.path().to_string_lossy().into_owned();
    for (path, rule, reason) in [
        ("gone", "missing-service", "there is no Service `shop/gone`"),
        ("port", "missing-service-port", "Service `shop/web` has no port `81`"),
        ("name", "missing-service-port", "Service `shop/web` has no port `htpp`"),
        ("tired", "service-without-endpoints", "none of its endpoints is ready"),
        ("empty", "service-without-endpoints", "its slices hold no address"),
        ("other", "service-without-endpoints", "its slices have no port `http`, but `metrics`"),
        ("bare", "service-without-endpoints", "the input holds no EndpointSlice of it"),
    ] {
        for target in ["ingress-nginx", "nginx"] {
            let url = format!("http://a.example/{path}");
            let all = told(&[&url, &manifests, "--target", target]);
            let why = &all["no_endpoint"];
            assert_eq!((&all["status"], &why["rule"]), (&Value::from(503), &Value::from(rule)), "{path} of {target}");
            assert!(why["what"].as_str().is_some_and(|what| what.contains(reason)), "{path} of {target}: {why}");
            assert_eq!(why["because"]["line"], 4, "{path} of {target}: {why}");
            let text = run(root(), &["explain", &url, &manifests, "--target", target], "").stdout;
            let third = text.lines().nth(2).unwrap_or_default();
            assert!(third.trim_start().starts_with("No endpoint") && third.contains(reason), "{path} of {target}: {text}");
        }
    }
    let served = told(&["http://a.example/web", &manifests]);
    assert_eq!((&served["status"], &served["no_endpoint"]), (&Value::Null, &Value::Null));
    let expected = format!("{manifests}/expect.yaml");
    std::fs::write(&expected, "tests:\n- request: http://a.example/port\n  expect: {status: 200}\n").expect("it is written");
    let failing = run(root(), &["test", &expected, &format!("{manifests}/all.yaml")], "").stdout;
    assert!(failing.contains("all.yaml:4:") && failing.contains("Service `shop/web` has no port `81`"), "{failing}");
}

#[test]
fn what_a_namespace_may_have_elsewhere_is_no_fact() {
    let paths = [("/", "web", "80")];
    let texts = [
        // The Services of the namespace are not in the input, those of others are.
        [ingress(("shop", "all"), "", "a.example", &paths), service("other", "web")].concat(),
        // Its slices are not, and those of others are.
        [
            ingress(("shop", "all"), "", "a.example", &paths),
            service("shop", "web"),
            slice("other", "web", "http", "{addresses: [10.1.0.1]}"),
        ]
        .concat(),
    ];
    for text in texts {
        let folder = folder(&[("all.yaml", &text)]);
        let found = told(&["http://a.example/", &folder.path().to_string_lossy()]);
        assert_eq!(
            (&found["backend"]["service"], &found["backend"]["endpoints_known"]),
            (&Value::from("web"), &Value::from(false)),
            "{text}"
        );
        let ways = found["branches"].as_array().expect("a list");
        assert!(ways.iter().any(|way| way["status"] == 503 && way["when"][0] == "`shop-web-80` has no endpoint"), "{ways:?}");
    }
}

#[test]
fn a_client_that_nobody_names_is_let_in_and_refused() {
    let annotation = |name: &str, value: &str| format!("nginx.ingress.kubernetes.io/{name}: \"{value}\"");
    let paths = [("/", "web", "80")];
    let limited = [annotation("limit-rps", "5"), annotation("limit-whitelist", "10.0.0.0/8")].join(", ");
    let both = [annotation("denylist-source-range", "10.0.0.1"), annotation("allowlist-source-range", "10.0.0.0/8")].join(", ");
    let text = [
        ingress(("shop", "allow"), &annotation("allowlist-source-range", "10.0.0.0/8,192.0.2.0/24"), "allow.example", &paths),
        ingress(("shop", "deny"), &annotation("denylist-source-range", "10.0.0.0/8"), "deny.example", &paths),
        ingress(("shop", "both"), &both, "both.example", &paths),
        ingress(("shop", "limit"), &limited, "limit.example", &paths),
        ingress(("shop", "open"), "", "open.example", &paths),
        service("shop", "web"),
        slice("shop", "web", "http", "{addresses: [10.1.0.1]}"),
    ];
    let folder = folder(&[("all.yaml", &text.concat())]);
    let manifests = folder.path().to_string_lossy().into_owned();
    for (host, first, other, status) in [
        ("allow", "the client is in 10.0.0.0/8 or 192.0.2.0/24", "the client is not in 10.0.0.0/8 or 192.0.2.0/24", Some(403)),
        ("deny", "the client is not in 10.0.0.0/8", "the client is in 10.0.0.0/8", Some(403)),
        ("both", "the list of addresses lets the client in", "the list of addresses refuses the client", Some(403)),
        ("limit", "the client is not in 10.0.0.0/8", "the client is in 10.0.0.0/8", None),
    ] {
        let url = format!("http://{host}.example/");
        let found = told(&[&url, &manifests]);
        assert_eq!((&found["request"]["client_ip"], &found["backend"]["service"]), (&Value::Null, &Value::from("web")), "{host}");
        assert!(found["when"].as_array().is_some_and(|when| when.contains(&Value::from(first))), "{host}: {found}");
        assert!(found["unknown"][0].as_str().is_some_and(|unknown| unknown.contains("--client-ip")), "{host}: {found}");
        assert_eq!(found["sees"]["headers"]["X-Real-IP"], Value::Null, "{host}");
        let ways = found["branches"].as_array().expect("a list");
        let way = ways.iter().find(|way| way["when"].as_array().is_some_and(|when| when.contains(&Value::from(other))));
        assert_eq!(way.map(|way| way["status"].clone()), Some(status.map_or(Value::Null, Value::from)), "{host}: {ways:?}");
        let shown = run(root(), &["explain", &url, &manifests], "").stdout;
        let answer = shown.lines().nth(1).unwrap_or_default();
        assert!(answer.ends_with(&format!("where {first}")), "{host}: {shown}");
        for (client, is_in) in [("10.0.0.1", host == "allow" || host == "limit"), ("198.51.100.1", host == "deny" || host == "limit")] {
            let found = told(&[&url, &manifests, "--client-ip", client]);
            let shown = (&found["request"]["client_ip"], found["status"].as_u64());
            assert_eq!(shown, (&Value::from(client), (!is_in).then_some(403)), "{host} {client}");
        }
    }
    // What does not depend on it says nothing of it.
    let open = told(&["http://open.example/", &manifests]);
    assert_eq!(
        (&open["unknown"], &open["branches"].as_array().map(|ways| ways.iter().any(|way| way["status"] == 403))),
        (&Value::from(Vec::<Value>::new()), &Some(false))
    );
}

#[test]
fn an_address_behind_a_proxy_is_believed_or_not() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\n\
                  data: {use-forwarded-headers: \"true\", proxy-real-ip-cidr: 10.0.0.0/8}\n---\n";
    let annotation = "nginx.ingress.kubernetes.io/allowlist-source-range: 192.0.2.0/24";
    let text = [config, &ingress(("shop", "allow"), annotation, "a.example", &[("/", "web", "80")])].concat();
    let folder = folder(&[("all.yaml", &text)]);
    let manifests = folder.path().to_string_lossy().into_owned();
    let found = told(&["http://a.example/", &manifests, "-H", "X-Forwarded-For: 192.0.2.7"]);
    let ways = found["branches"].as_array().expect("a list");
    assert_eq!(found["when"][0], "the connection comes from a proxy that is believed", "{found}");
    assert!(ways.iter().any(|way| way["status"] == 403), "{ways:?}");
    let direct = told(&["http://a.example/", &manifests, "-H", "X-Forwarded-For: 192.0.2.7", "--client-ip", "10.0.0.9"]);
    assert_eq!(direct["backend"]["service"], "web");
}

#[test]
fn two_sides_say_first_in_what_they_differ() {
    let read = |name: &str| std::fs::read_to_string(root().join("examples/shop").join(name)).expect("it is there");
    let names = ["certificate.yaml", "controller.yaml", "endpoints.yaml", "services.yaml"];
    let mut files: Vec<(String, String)> = names.iter().map(|name| (format!("shop/{name}"), read(name))).collect();
    files.push((
        String::from("shop/ingress.yaml"),
        read("ingress.yaml").replace("192.0.2.0/24", "198.51.100.0/24").replace("name: api", "name: cart"),
    ));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let changed = folder.path().join("shop").to_string_lossy().into_owned();
    let both = |url: &str, declared: &str, live: &str| {
        let text = run(root(), &["explain", url, declared, "--live", live], "").stdout;
        let told = told(&[url, declared, "--live", live]);
        (text.lines().nth(1).unwrap_or_default().trim().to_owned(), told["differs"].clone(), told["not_compared"].clone())
    };
    let (first, differs, open) = both("https://shop.example.com/api/v1", "examples/shop", "examples/rendered/shop");
    assert_eq!((first.as_str(), differs, open), ("declared and live answer alike", Value::from(Vec::<Value>::new()), Value::Null));
    // What one of them does not know is no difference.
    let (first, differs, open) = both("https://shop.example.com/api/v1", "examples/shop", "examples/rendered/shop/nginx.conf");
    assert!(first.starts_with("declared and live answer alike; not compared"), "{first}");
    assert_eq!((differs, open[0].as_str()), (Value::from(Vec::<Value>::new()), Some("the endpoints")));
    let (first, differs, _) = both("https://shop.example.com/api/v1", &changed, "examples/rendered/shop");
    assert!(first.starts_with("declared and live differ in who answers (declared: 503, live: shop/api:http)"), "{first}");
    assert_eq!(differs[0], "who answers (declared: 503, live: shop/api:http)");
    let (first, ..) = both("https://admin.shop.example.com/", &changed, "examples/rendered/shop");
    assert_eq!(first, "declared and live differ in what is asked on the way: the list of addresses");
}

#[test]
fn endpoints_that_are_not_known_are_told_to_be() {
    let url = "https://shop.example.com/api/v1";
    let live = run(root(), &["explain", url, "--live", "examples/rendered/shop/nginx.conf"], "").stdout;
    assert!(live.contains("Endpoints      not known: no backends.json was given"), "{live}");
    let folder =
        folder(&[("all.yaml", &[ingress(("shop", "all"), "", "a.example", &[("/", "web", "80")]), service("shop", "web")].concat())]);
    let declared = run(root(), &["explain", "http://a.example/", &folder.path().to_string_lossy()], "").stdout;
    assert!(declared.contains("Endpoints      not known: the input holds no EndpointSlice"), "{declared}");
}

#[test]
fn a_file_that_is_no_configuration_is_named_for_what_it_is() {
    let live = |file: &str| format!("examples/rendered/shop/{file}");
    let folder = folder(&[("empty", ""), ("a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")]);
    let own = |file: &str| folder.path().join(file).to_string_lossy().into_owned();
    let commands: [&[&str]; 6] = [
        &["explain", "https://shop.example.com/", "--live"],
        &["routes", "--live"],
        &["test", "--generate", "-", "--live"],
        &["replay", "examples/access.log", "--live"],
        &["diff", "examples/shop", "--live"],
        &["diff", "--head", "examples/shop", "--base"],
    ];
    let of_lua = [("backends.json", "--live-backends"), ("lua.json", "--live-lua"), ("certificates.json", "--live-certificates")];
    for command in commands {
        for (file, option) in of_lua {
            let found = run(root(), &[command, &[&live(file)]].concat(), "");
            let expected = format!("looks like {file}, and not like nginx.conf");
            assert!(found.stderr.contains(&expected) && found.stderr.contains(option), "{command:?} {file}: {}", found.stderr);
            assert_eq!((found.code, found.stderr.lines().count()), (Some(2), 1), "{command:?} {file}: {}", found.stderr);
        }
        let empty = run(root(), &[command, &[&own("empty")]].concat(), "");
        assert!(empty.stderr.contains("holds no configuration"), "{command:?}: {}", empty.stderr);
        if command.last() == Some(&"--live") {
            let manifest = run(root(), &[command, &[&own("a.yaml")]].concat(), "").stderr;
            assert!(manifest.contains("looks like a manifest, and not like nginx.conf"), "{command:?}: {manifest}");
            let without = run(root(), &[command, &["examples/shop"]].concat(), "").stderr;
            assert!(without.contains("`examples/shop` holds no nginx.conf"), "{command:?}: {without}");
        }
    }
    // A file for Lua in the place of another would say that nobody serves anything.
    let shop = live("nginx.conf");
    for (option, file) in
        [("--live-backends", "certificates.json"), ("--live-lua", "certificates.json"), ("--live-certificates", "backends.json")]
    {
        let found = run(root(), &["explain", "https://shop.example.com/", "--live", &shop, option, &live(file)], "");
        assert!(found.code == Some(2) && found.stderr.contains("and not like"), "{option}: {}{}", found.stdout, found.stderr);
    }
    let forgotten = run(root(), &["explain", "https://shop.example.com/", "examples/rendered/shop"], "");
    assert!(forgotten.code == Some(2) && forgotten.stderr.contains("`--live examples/rendered/shop` asks it"), "{}", forgotten.stderr);
}

#[test]
fn answers_are_told_as_people_ask() {
    let annotation = |name: &str, value: &str| format!("nginx.ingress.kubernetes.io/{name}: \"{value}\"");
    let canary = [annotation("canary", "true"), annotation("canary-weight", "20")].join(", ");
    let endpoints = "{addresses: [10.1.0.1]}";
    let text = [
        ingress(("shop", "main"), "", "canary.example", &[("/", "web", "80")]),
        ingress(("shop", "canary"), &canary, "canary.example", &[("/", "new", "80")]),
        ingress(("shop", "copied"), &annotation("mirror-target", "https://copies.example/x"), "copied.example", &[("/", "other", "80")]),
        ingress(("shop", "root"), &annotation("app-root", "/start"), "root.example", &[("/", "other", "80")]),
        ["web", "new", "other"].map(|name| service("shop", name) + &slice("shop", name, "http", endpoints)).concat(),
    ];
    let folder = folder(&[("all.yaml", &text.concat().replace("pathType: Exact", "pathType: Prefix"))]);
    let manifests = folder.path().to_string_lossy().into_owned();
    let shown = |url: &str| run(root(), &["explain", url, &manifests], "").stdout;
    let split = shown("http://canary.example/");
    assert!(split.contains("shop/web:80 gets GET /, and shop/new:80 gets 20 of 100 requests instead"), "{split}");
    assert_eq!(told(&["http://canary.example/", &manifests])["canary"][0]["whom"], "shop/new:80");
    let copied = shown("http://copied.example/");
    assert!(copied.contains("Copies go to   https://copies.example/x"), "{copied}");
    // A Service in front of the proxy has ports that the proxy has not.
    for url in ["http://copied.example:30080/", "https://copied.example:30443/"] {
        let found = told(&[url, &manifests]);
        assert_eq!(found["backend"]["service"], "other", "{url}: {found}");
    }
    // What is answered before a location is looked for, or what no path takes, is no near miss.
    let start = shown("http://root.example/");
    assert!(start.contains("302: the client is sent to http://root.example/start") && !start.contains("Near misses"), "{start}");
    assert!(!split.contains("Near misses"), "{split}");
    let listed = run(root(), &["routes", &manifests], "").stdout;
    assert_eq!(listed.matches("/start if $uri = /").count(), 1, "{listed}");
}

#[test]
fn what_nginx_refuses_is_told_not_to_be_in_effect() {
    let twice = |name: &str| ingress(("shop", name), "", "a.example", &[("/", "web", "80")]);
    let text = [twice("one"), twice("two"), ingress(("shop", "other"), "", "b.example", &[("/x", "web", "80")]), service("shop", "web")];
    let folder = folder(&[("all.yaml", &text.concat())]);
    let manifests = folder.path().to_string_lossy().into_owned();
    let found = told(&["http://a.example/", &manifests]);
    let refused = found["refused"][0]["what"].as_str().unwrap_or_default();
    assert!(refused.contains("the location `= /` of host `a.example` stands twice; what ran before goes on"), "{found}");
    let shown = run(root(), &["explain", "http://a.example/", &manifests], "").stdout;
    assert!(shown.lines().nth(2).is_some_and(|line| line.contains("Not in effect")), "{shown}");
    // It is refused as a whole, whatever the host.
    assert_eq!(told(&["http://b.example/x", &manifests])["refused"], found["refused"]);
}

#[test]
fn sides_that_differ_on_another_way_are_not_alike() {
    let auth = |to: &str| {
        let name = "nginx.ingress.kubernetes.io";
        let annotations = format!("{name}/auth-url: \"https://auth.example/\", {name}/auth-signin: \"https://login.example/{to}\"");
        ingress(("shop", "auth"), &annotations, "a.example", &[("/", "web", "80")])
            + &service("shop", "web")
            + &slice("shop", "web", "http", "{addresses: [10.1.0.1]}")
    };
    let desk = folder(&[("old/all.yaml", &auth("old")), ("new/all.yaml", &auth("new"))]);
    let path = |name: &str| desk.path().join(name).to_string_lossy().into_owned();
    let rendered = run(root(), &["render", &path("old"), "--target", "ingress-nginx", "-o", &path("live")], "");
    assert!(desk.path().join("live/nginx.conf").is_file(), "{}", rendered.stderr);
    let differs = |declared: &str| told(&["http://a.example/", &path(declared), "--live", &path("live")])["differs"].clone();
    assert_eq!(differs("old"), Value::from(Vec::<Value>::new()));
    let other = differs("new");
    let expected = "what happens where the authentication service says 401 (302 to https://login.example/new";
    assert!(other[0].as_str().is_some_and(|what| what.starts_with(expected)), "{other}");
}

#[test]
fn requests_of_a_file_are_answered_first_as_their_sender_is() {
    let list = "nginx.ingress.kubernetes.io/allowlist-source-range: 10.0.0.0/8";
    let headers = "{apiVersion: v1, kind: ConfigMap, metadata: {name: set, namespace: ingress-nginx}, data: {X-Real-IP: $remote_addr}}\n---\n\
        {apiVersion: v1, kind: ConfigMap, metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}, data: {proxy-set-headers: ingress-nginx/set}}\n---\n";
    let manifests = ingress(("shop", "all"), list, "a.example", &[("/", "web", "80")]) + &service("shop", "web") + headers;
    let request = |more: &str| format!("{{\"url\": \"http://a.example/\"{more}}}\n");
    let asked = request("") + &request(", \"client_ip\": \"10.0.0.1\"");
    let folder = folder(&[("in.yaml", &manifests), ("asked.jsonl", &asked)]);
    let args =
        ["explain", "--requests", "asked.jsonl", "--format", "json", "in.yaml", "--configmap", "ingress-nginx/ingress-nginx-controller"];
    let run = run(folder.path(), &args, "");
    let answers: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(answers[0]["status"], 403, "{run:?}");
    let let_in = answers[0]["branches"].as_array().expect("other ways").iter().find(|way| way["backend"]["service"] == "web");
    let let_in = let_in.expect("a client of the network gets there");
    // It is sent twice, and nobody knows with what.
    assert_eq!(let_in["sees"]["headers"]["X-Real-IP"], Value::Null);
    assert_eq!((&answers[1]["status"], &answers[1]["backend"]["service"]), (&Value::Null, &Value::from("web")));
    assert_eq!(answers[1]["sees"]["headers"]["X-Real-IP"], serde_json::json!(["10.0.0.1", "10.0.0.1"]));
}
