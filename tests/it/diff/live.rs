//! Live configurations: what they tell of the pod and of the release, in several files and of several replicas.

use pretty_assertions::assert_eq;
use serde_json::Value;
use std::fs;

use super::{CLUSTER, LIVE, SHOP, edit, folder, json, run, shop, told, write};

#[test]
fn facts_of_the_pod_are_no_differences_unless_asked_for() {
    let folder = shop();
    for (from, to) in [
        ("worker_processes 4;", "worker_processes 32;"),
        ("worker_rlimit_nofile 1047552;", "worker_rlimit_nofile 64512;"),
        ("resolver 10.96.0.10 ", "resolver 10.0.0.2 [fd00::2] "),
        ("backlog=4096", "backlog=511"),
        ("listen [::]:", "# "),
        ("allow ::1;", ""),
        ("ssl/default-fake-certificate.pem", "ssl/default-other.pem"),
    ] {
        edit(folder.path(), "live/nginx.conf", from, to);
    }
    assert_eq!(run(folder.path(), &LIVE).stdout, "");
    let asked = run(folder.path(), &[&LIVE[..], &["--environment"]].concat());
    assert_eq!(asked.code, Some(1));
    for shown in ["worker processes changed from 32 to 4", "resolver 10.0.0.2", "+ listen [::]:80 "] {
        assert!(asked.stdout.contains(shown), "{shown}: {}", asked.stdout);
    }
}

#[test]
fn the_release_is_told_by_the_live_configuration() {
    let folder = shop();
    for version in ["1.12.8", "1.13.9", "1.15.1"] {
        run(folder.path(), &["render", "in", "--target", "ingress-nginx", "--controller", version, "-o", "live"]);
        let run = run(folder.path(), &LIVE);
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{version}");
    }
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "--controller", "1.12.8", "-o", "live"]);
    assert_eq!(run(folder.path(), &[&LIVE[..], &["--controller", "1.15.1"]].concat()).code, Some(1));
}

#[test]
fn identities_that_the_cluster_gives_are_no_differences() {
    let folder = shop();
    let (ingress, secret) = ("5ebc0ec6-e482-5c11-994a-c513524e41bd", "23992ae9-4d3a-525c-ac02-ba4496352ef7");
    edit(folder.path(), "in/web.yaml", "  name: web\n", &format!("  name: web\n  uid: {ingress}\n"));
    edit(folder.path(), "in/cluster.yaml", "{name: users,", &format!("{{uid: {secret}, name: users,"));
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    write(folder.path(), "in/web.yaml", SHOP);
    write(folder.path(), "in/cluster.yaml", CLUSTER);
    assert!(fs::read_to_string(folder.path().join("live/nginx.conf")).is_ok_and(|text| text.contains(secret)));
    assert_eq!(run(folder.path(), &LIVE).stdout, "");
}

#[test]
fn drift_between_replicas_is_told_first() {
    let folder = shop();
    fs::copy(folder.path().join("live/nginx.conf"), folder.path().join("other.conf")).expect("files can be copied");
    edit(folder.path(), "other.conf", "worker_processes 4;", "worker_processes 8;");
    edit(folder.path(), "other.conf", "client_max_body_size                    8m;", "client_max_body_size 2m;");
    let run = run(folder.path(), &["diff", "in", "--live", "live/nginx.conf", "--live", "other.conf"]);
    assert_eq!(run.code, Some(1));
    let groups = "Replicas that serve the same\n  1. live/nginx.conf: equal to what is declared\n  2. other.conf: 1 difference from what is declared\n";
    assert!(run.stdout.starts_with(groups), "{}", run.stdout);
    assert!(run.stdout.contains("\nDrift from live (live/nginx.conf) to live (other.conf)\n"), "{}", run.stdout);
    assert!(run.stdout.contains("changed from 8m to 2m") && !run.stdout.contains("worker"), "{}", run.stdout);
}

#[test]
fn dumps_of_several_files_are_read() {
    let folder = shop();
    let live = fs::read_to_string(folder.path().join("live/nginx.conf")).expect("it was written");
    let dump = format!(
        "# configuration file /etc/nginx/nginx.conf:\n{live}\n# configuration file /etc/nginx/mime.types:\ntypes {{ text/html html; }}\n"
    );
    write(folder.path(), "dump.conf", &dump);
    assert_eq!(run(folder.path(), &["diff", "in", "--live", "dump.conf"]).stdout, "");
}

#[test]
fn replicas_are_compared_without_manifests_too() {
    let folder = shop();
    for name in ["b", "c"] {
        fs::copy(folder.path().join("live/nginx.conf"), folder.path().join(name)).expect("files can be copied");
    }
    let all = ["diff", "--live", "live/nginx.conf", "--live", "b", "--live", "c"];
    assert_eq!(run(folder.path(), &all).code, Some(0));
    edit(folder.path(), "b", "client_max_body_size                    8m;", "client_max_body_size 2m;");
    let shown = run(folder.path(), &all);
    assert_eq!(shown.code, Some(1));
    assert!(shown.stdout.starts_with("Replicas that serve the same\n  1. live/nginx.conf, c\n  2. b\n\nDrift"), "{}", shown.stdout);
    let with = json(folder.path(), &[&["diff", "in"], &all[1..]].concat());
    assert_eq!((&with["replicas"][0]["differences"], &with["replicas"][1]["differences"]), (&Value::from(0), &Value::from(1)), "{with}");
    assert_eq!(run(folder.path(), &["diff", "--live", "b"]).code, Some(2));
}

#[test]
fn what_is_guessed_of_the_release_is_called_a_guess() {
    let folder = shop();
    edit(folder.path(), "live/nginx.conf", "keepalive_timeout  75s;", "keepalive_timeout 7s;");
    let shown = run(folder.path(), &LIVE).stdout;
    assert!(shown.contains("+++ declared (ingress-nginx 1.15.1, a guess: the live configuration fits 1.14.3 to 1.15.1)\n"), "{shown}");
    let said = run(folder.path(), &[&LIVE[..], &["--controller", "1.15.1"]].concat()).stdout;
    assert!(said.contains("+++ declared (ingress-nginx 1.15.1)\n"), "{said}");
    // Of releases that write the same, it is the one that is deployed.
    let deployment = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec: {template: {spec: {containers: [{name: controller, image: 'registry.k8s.io/ingress-nginx/controller:v1.14.5', args: [/nginx-ingress-controller]}]}}}
";
    write(folder.path(), "in/controller.yaml", deployment);
    assert!(run(folder.path(), &LIVE).stdout.contains("+++ declared (ingress-nginx 1.14.5)\n"));
    edit(folder.path(), "live/nginx.conf", "http {", "http { geoip_country /etc/nginx/geoip/GeoIP.dat;");
    let old = run(folder.path(), &LIVE);
    assert!(old.stderr.contains("a release before 1.9.0") && old.stderr.contains("`geoip_country`"), "{}", old.stderr);
}

/// A path that is a beginning has two locations: of what is below it, and of itself.
#[test]
fn both_locations_of_a_path_are_one_difference() {
    let backend = |service: &str| format!("pathType: Prefix, backend: {{service: {{name: {service}, port: {{number: 80}}}}}}");
    let ingress = format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: one, namespace: shop}}\nspec:\n  ingressClassName: nginx\n  \
         rules:\n  - host: a.example\n    http:\n      paths:\n      - {{path: /, {}}}\n      - {{path: /app, {}}}\n",
        backend("web"),
        backend("app")
    );
    let folder = folder(&[("in/web.yaml", &ingress)]);
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    edit(folder.path(), "in/web.yaml", "/app", "/apps");
    assert_eq!(
        told(&json(folder.path(), &LIVE)),
        [
            "path `/apps` added, to Service `shop/app` port 80 <- in/web.yaml:11",
            "path `/app` removed, to Service `shop/app` port 80 <- in/web.yaml:7",
        ]
    );
}

#[test]
fn what_runs_may_be_what_protects_less() {
    let folder = shop();
    // Only the manifests ask for a password.
    let deny = |what| run(folder.path(), &["diff", "in", "--live", "live/nginx.conf", "--deny", what]);
    let open = fs::read_to_string(folder.path().join("live/nginx.conf")).expect("files can be read");
    let open: Vec<&str> = open.lines().filter(|line| !line.contains("auth_basic")).collect();
    write(folder.path(), "live/nginx.conf", &open.join("\n"));
    for what in ["lost", "weaker", "changed"] {
        let told = deny(what);
        assert!(told.code == Some(1) && told.stdout.contains("password authentication added"), "{what}: {told:?}");
    }
    // Between two states of the manifests it is a gain.
    let gained = run(folder.path(), &["diff", "--base", "live/nginx.conf", "--head", "in", "--deny", "weaker"]);
    assert_eq!(gained.code, Some(0), "{gained:?}");
}
