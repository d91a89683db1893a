//! Each difference has its cause, and each line of a rendered configuration its origin.

use pretty_assertions::assert_eq;
use serde_json::Value;
use std::fs;

use super::{CLUSTER, LIVE, SHOP, edit, json, run, shop, told, write};

#[test]
fn causes_are_blamed_by_file_and_line() {
    let folder = shop();
    for (from, to, expected) in [
        ("size: 8m", "size: 1m", "limit of request bodies changed from 8m to 1m <- in/web.yaml:7"),
        ("name: api", "name: front", "moved from Service `shop/api` port 80 to Service `shop/front` port 80 <- in/web.yaml:28"),
        (
            "host: shop.example",
            "host: other.example",
            "host `other.example` added, with `/api` to Service `shop/api` port 80, `/` to Service `shop/front` port 80 <- in/web.yaml:14",
        ),
        (
            "host: shop.example",
            "host: other.example",
            "host `shop.example` removed, with `/api` to Service `shop/api` port 80, `/` to Service `shop/front` port 80 <- in/web.yaml:13",
        ),
        ("path: /api", "path: /v2", "path `/v2` added, to Service `shop/api` port 80 <- in/web.yaml:24"),
        ("path: /api", "path: /v2", "path `/api` removed, to Service `shop/api` port 80 <- in/web.yaml:14"),
        ("auth-type: basic", "enable-cors: 'false'", "password authentication removed <- in/web.yaml:6"),
    ] {
        write(folder.path(), "in/web.yaml", &SHOP.replace(from, to));
        let told = told(&json(folder.path(), &LIVE));
        assert!(told.iter().any(|line| line == expected), "{expected}: {told:#?}");
    }
}

#[test]
fn a_path_that_is_not_there_is_told_as_such() {
    let folder = shop();
    fs::create_dir(folder.path().join("new")).expect("folders can be made");
    write(folder.path(), "new/cluster.yaml", CLUSTER);
    write(folder.path(), "new/web.yaml", &SHOP.replace("path: /api", "path: /v2"));
    let document = json(folder.path(), &["diff", "--base", "in", "--head", "new"]);
    let causes =
        document["differences"].as_array().into_iter().flatten().flat_map(|difference| {
            ["cause_before", "cause"].map(|side| difference[side]["message"].as_str().unwrap_or_default().to_owned())
        });
    let causes: Vec<String> = causes.collect();
    for missing in ["Ingress `shop/web` has no path `/api`", "Ingress `shop/web` has no path `/v2`"] {
        assert!(causes.iter().any(|cause| cause == missing), "{missing}: {causes:#?}");
    }
    assert!(!causes.iter().any(|cause| cause.contains("default backend")), "{causes:#?}");
}

/// Several edits at once, and what is told of them: message, and lines of the causes of both sides.

#[test]
fn of_several_edits_each_is_blamed_for_its_own() {
    let folder = shop();
    let other =
        SHOP.replace("name: web", "name: other").replace("proxy-body-size: 8m", "proxy-read-timeout: '9'").replace("path: /", "path: /o");
    let edited =
        [("size: 8m", "size: 9m"), ("limit-rps: '5'", "limit-rps: '50'"), ("    nginx.ingress.kubernetes.io/auth-type: basic\n", "")];
    let edited = edited.iter().fold(SHOP.to_owned(), |text, (from, to)| text.replace(from, to));
    fs::create_dir(folder.path().join("new")).expect("folders can be made");
    write(folder.path(), "new/cluster.yaml", CLUSTER);
    for folder_name in ["in", "new"] {
        write(folder.path(), &format!("{folder_name}/other.yaml"), &other);
    }
    write(folder.path(), "new/web.yaml", &edited);
    // What a neighbour asks makes regular expressions of all paths of the host.
    write(folder.path(), "new/other.yaml", &other.replace("proxy-read-timeout: '9'", "use-regex: 'true'"));
    let document = json(folder.path(), &["diff", "--base", "in", "--head", "new"]);
    let line = |difference: &Value| {
        let place = |cause: &str| {
            format!("{}:{}", difference[cause]["location"]["file"].as_str().unwrap_or("-"), difference[cause]["location"]["line"])
        };
        let message: Vec<_> = difference["message"].as_str().unwrap_or_default().split(' ').take(4).collect();
        format!("{} <- {} <- {}", message.join(" "), place("cause_before"), place("cause"))
    };
    let mut told: Vec<_> = document["differences"].as_array().into_iter().flatten().map(line).collect();
    told.sort();
    let expected = [
        "limit of request bodies <- in/web.yaml:7 <- new/web.yaml:7",
        "limit of requests changed <- in/web.yaml:8 <- new/web.yaml:8",
        "password authentication removed <- in/web.yaml:9 <- new/web.yaml:6",
        "path `/oapi` became a <- -:null <- new/other.yaml:7",
        "time to wait for <- in/other.yaml:7 <- new/other.yaml:6",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_nobody_declares_is_said_to_be_so() {
    let folder = shop();
    edit(
        folder.path(),
        "live/nginx.conf",
        "http {",
        "http { server { server_name gone.example; listen 80; location / { deny all; } } odd_thing 1;",
    );
    let told = told(&json(folder.path(), &LIVE));
    assert_eq!(told, ["host `gone.example` removed <- -:null", "`odd_thing` removed: 1 <- -:null"]);
    let text = run(folder.path(), &LIVE).stdout;
    assert!(text.contains("because nothing in the manifests declares it"), "{text}");
}

#[test]
fn keys_and_defaults_are_causes_too() {
    let folder = shop();
    let map = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  proxy-read-timeout: '7'
";
    write(folder.path(), "in/map.yaml", map);
    let document = json(folder.path(), &LIVE);
    let reads = |difference: &&Value| difference["lines"].to_string().contains("proxy_read_timeout");
    let difference = document["differences"].as_array().and_then(|all| all.iter().find(reads)).cloned().unwrap_or_default();
    assert_eq!(difference["cause"]["reason"], "setting");
    assert_eq!(
        (difference["cause"]["location"]["file"].as_str(), difference["cause"]["location"]["line"].as_u64()),
        (Some("in/map.yaml"), Some(5))
    );
    edit(folder.path(), "live/nginx.conf", "proxy_read_timeout                      60s;", "proxy_read_timeout 9s;");
    fs::remove_file(folder.path().join("in/map.yaml")).expect("it is there");
    let text = run(folder.path(), &LIVE).stdout;
    // What holds for all hosts, a key explains; what holds for a host, an annotation does as well.
    assert!(text.contains("the controller's default: there is no ConfigMap with a key `proxy-read-timeout`"), "{text}");
    assert!(text.contains("in/web.yaml:6:3: Ingress `shop/web` has no annotation `proxy-read-timeout`"), "{text}");
}

#[test]
fn arguments_of_the_controller_are_causes() {
    let folder = shop();
    let deployment = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args:
        - /nginx-ingress-controller
        - --http-port=8080
";
    write(folder.path(), "in/controller.yaml", deployment);
    let document = json(folder.path(), &LIVE);
    let is_listener = |difference: &&Value| difference["message"].as_str().is_some_and(|message| message.contains("listener"));
    let listeners: Vec<_> = document["differences"].as_array().into_iter().flatten().filter(is_listener).collect();
    let blamed = |difference: &Value| (difference["cause"]["reason"] == "argument", difference["cause"]["location"]["line"].as_u64());
    assert!(listeners.iter().any(|difference| blamed(difference) == (true, Some(12))), "{listeners:#?}");
}

#[test]
fn origins_are_told_of_every_directive() {
    let folder = shop();
    let args = ["render", "in", "--target", "ingress-nginx", "--quiet"];
    let plain = run(folder.path(), &args).stdout;
    let noted = run(folder.path(), &[&args[..], &["--origins"]].concat()).stdout;
    for line in [
        "client_max_body_size 8m;  # in/web.yaml:7:50: annotation `proxy-body-size` of Ingress `shop/web`",
        "location = \"/api\" {  # in/web.yaml:24:15: path `/api` of Ingress `shop/web`",
        "set $service_name \"api\";  # in/web.yaml:28:19: backend of path `/api` of Ingress `shop/web`",
        "daemon off;  # the controller's default",
    ] {
        assert!(noted.contains(line), "{line}: {noted}");
    }
    let bare = noted.lines().map(str::trim).filter(|line| line.ends_with([';', '{']) && !line.starts_with('#'));
    assert_eq!(bare.collect::<Vec<_>>(), Vec::<&str>::new());
    write(folder.path(), "noted.conf", &noted);
    write(folder.path(), "plain.conf", &plain);
    assert_eq!(run(folder.path(), &["diff", "--base", "plain.conf", "--head", "noted.conf"]).code, Some(0));

    let document: Value = serde_json::from_str(&run(folder.path(), &[&args[..], &["--origins=json"]].concat()).stdout).expect("it is JSON");
    let lines: Vec<&str> = plain.lines().collect();
    let directives = document["directives"].as_array().cloned().unwrap_or_default();
    assert!(directives.len() > 300);
    for directive in &directives {
        let line = directive["line"].as_u64().and_then(|line| lines.get(usize::try_from(line).ok()? - 1));
        let name = directive["directive"].as_str().and_then(|text| text.split(' ').next()).unwrap_or("?");
        assert!(line.is_some_and(|line| line.contains(name)), "{directive}");
        assert!(directive["cause"]["reason"].is_string(), "{directive}");
    }
    run(folder.path(), &[&args[..], &["--origins=json", "-o", "out"]].concat());
    assert!(folder.path().join("out/origins.json").is_file() && folder.path().join("out/nginx.conf").is_file());
}

#[test]
fn an_ingress_that_does_not_count_and_the_longest_host_are_causes() {
    let folder = shop();
    for (from, to, expected) in [
        ("  ingressClassName: nginx\n", "", "names no class, and the controller serves none without one"),
        ("ClassName: nginx", "ClassName: traefik", "is of the class `traefik`, which is not the controller's"),
    ] {
        write(folder.path(), "in/web.yaml", &SHOP.replace(from, to));
        let shown = run(folder.path(), &LIVE).stdout;
        assert!(shown.contains("because in/web.yaml:") && shown.contains(expected) && !shown.contains("declares none"), "{shown}");
    }
    let long = "a-long-name-of-a-branch.in-the-north-of-the-country.and-of-its-own-town.shop.example";
    write(folder.path(), "in/web.yaml", &SHOP.replace("shop.example", long));
    let shown = run(folder.path(), &LIVE).stdout;
    // The room for the name comes with the host.
    assert!(shown.contains(&format!("because of in/web.yaml:14:11: host `{long}`")), "{shown}");
    assert!(shown.contains("+ server_names_hash_bucket_size 128;") && shown.contains("2 differences"), "{shown}");
}
