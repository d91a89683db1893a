//! The plugin of kubectl, with a kubectl that was recorded: it notes how it is called and prints what a cluster printed.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use crate::among::{put_program, run_among};
use crate::support::program::{Run, folder};

const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 8m}}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
";

/// What a cluster with two controllers answers. `cluster.yaml` is what it holds, `live` what both of them run.
const KUBECTL: &str = r#"#!/bin/sh
printf "%s\\n" "$*" >> log
case "$*" in
*"get pods"*) printf 'ingress-nginx controller-b\ningress-nginx controller-a\n' ;;
*"get ingresses"*) /bin/cat cluster.yaml; [ ! -e denied ] || { echo 'Error from server (Forbidden): secrets is forbidden' >&2; exit 1; } ;;
*exec*controller-b*nginx.conf) if [ -e drifted ]; then /bin/cat drifted; else /bin/cat live/nginx.conf; fi ;;
*exec*nginx.conf) /bin/cat live/nginx.conf ;;
*exec*cfg.json) /bin/cat live/lua.json ;;
*exec*backends) /bin/cat live/backends.json ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
"#;

fn program(folder: &Path, name: &str, args: &[&str]) -> Run {
    run_among(folder, &folder.join("bin").join(name), args)
}

fn plugin(folder: &TempDir, args: &[&str]) -> Run {
    program(folder.path(), "kubectl-ingressc", args)
}

/// A cluster that runs what it declares.
fn cluster() -> TempDir {
    let folder = folder(&[("cluster.yaml", INGRESS)]);
    put_program(folder.path(), "kubectl", KUBECTL);
    let bin = folder.path().join("bin");
    for name in ["ingressc", "kubectl-ingressc"] {
        symlink(env!("CARGO_BIN_EXE_ingressc"), bin.join(name)).expect("links can be made");
    }
    let made = program(folder.path(), "ingressc", &["render", "cluster.yaml", "--target", "ingress-nginx", "-o", "live", "--quiet"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    folder
}

fn calls(folder: &TempDir) -> Vec<String> {
    let log = fs::read_to_string(folder.path().join("log")).expect("kubectl was called");
    fs::remove_file(folder.path().join("log")).expect("it is ours");
    log.lines().map(str::to_owned).collect()
}

#[test]
fn a_cluster_that_runs_what_it_declares_is_equal() {
    let folder = cluster();
    let run = plugin(&folder, &["diff", "-n", "ingress-nginx", "--context", "prod"]);
    assert_eq!((run.code, run.stdout.contains("difference")), (Some(0), false), "{run:?}");
    let calls = calls(&folder);
    assert!(calls.iter().all(|call| call.starts_with("--context prod ")), "{calls:?}");
    let count = |what: &str| calls.iter().filter(|call| call.contains(what)).count();
    assert_eq!((count("get ingresses"), count("get pods"), count("exec"), count("--all-namespaces")), (1, 1, 6, 1), "{calls:?}");
    assert!(count("get pods --selector app.kubernetes.io/name=ingress-nginx") == 1 && count("--namespace ingress-nginx") == 7, "{calls:?}");
    let verbs = ["get ", "exec "];
    assert!(calls.iter().all(|call| verbs.iter().any(|verb| call["--context prod ".len()..].starts_with(verb))), "{calls:?}");
}

#[test]
fn files_are_compared_with_every_replica() {
    let folder = cluster();
    let declared = INGRESS.replace("8m", "16m");
    fs::write(folder.path().join("in.yaml"), declared).expect("files can be written");
    let live = fs::read_to_string(folder.path().join("live/nginx.conf")).expect("it is there");
    fs::write(folder.path().join("drifted"), live.replace("8m;", "9m;")).expect("files can be written");
    let run = plugin(&folder, &["diff", "in.yaml"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    for said in ["ingress-nginx/controller-a/nginx.conf", "ingress-nginx/controller-b/nginx.conf", "from 8m to 16m", "in.yaml:3:"] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
    assert!(calls(&folder).iter().all(|call| !call.contains("get ingresses")), "files were named");
}

#[test]
fn replicas_are_compared_with_one_another_without_manifests() {
    let folder = cluster();
    let live = fs::read_to_string(folder.path().join("live/nginx.conf")).expect("it is there");
    fs::write(folder.path().join("drifted"), live.replace("8m;", "9m;")).expect("files can be written");
    let run = program(folder.path(), "ingressc", &["diff", "--live", "kubectl:"]);
    assert!(run.code == Some(1) && run.stdout.contains("9m"), "{run:?}");
}

#[test]
fn other_commands_ask_for_the_objects_alone() {
    let folder = cluster();
    for args in [&["check"][..], &["render", "--target", "nginx"], &["explain", "https://shop.example/"], &["routes"]] {
        let run = plugin(&folder, args);
        assert!(run.code.is_some_and(|code| code <= 1), "{args:?}: {run:?}");
        assert!(args[0] == "check" || run.stdout.contains("shop.example"), "{args:?}: {run:?}");
        let calls = calls(&folder);
        assert!(calls.len() == 1 && calls[0].starts_with("get ingresses"), "{calls:?}");
    }
    let run = plugin(&folder, &["explain", "https://shop.example/", "--live", "kubectl:"]);
    assert!(run.code == Some(0) && run.stdout.contains("shop-web-80"), "{run:?}");
}

#[test]
fn what_may_not_be_read_is_said() {
    let folder = cluster();
    fs::write(folder.path().join("denied"), "").expect("files can be written");
    let run = plugin(&folder, &["check", "--format", "concise"]);
    assert!(run.code == Some(0) && run.stdout.contains("warning[unreadable-input]"), "{run:?}");
    assert!(run.stdout.contains("secrets is forbidden"), "{run:?}");
    let run = plugin(&folder, &["explain", "https://shop.example/"]);
    assert!(run.code == Some(0) && run.stdout.contains("shop/web:80"), "what is there still counts: {run:?}");
}

#[test]
fn a_cluster_that_cannot_be_asked_is_said_once() {
    let folder = cluster();
    fs::remove_file(folder.path().join("bin/kubectl")).expect("it is there");
    let run = plugin(&folder, &["diff"]);
    assert!(run.code == Some(2) && run.stderr.contains("`kubectl` is not there"), "{run:?}");
    put_program(folder.path(), "kubectl", "#!/bin/sh\necho 'no such context' >&2\nexit 1\n");
    let run = plugin(&folder, &["check", "--context", "nowhere"]);
    assert!(run.code == Some(2) && format!("{run:?}").contains("no such context"), "{run:?}");
}
