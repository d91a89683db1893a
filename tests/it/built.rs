//! Folders that kustomize or Helm makes manifests of. The programs are small ones of their names that note how they are called.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::among::{put_program, run_among};
use crate::support::program::{Run, folder};

const BAD: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: 10s}}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
";

/// A folder with two folders to build and a folder `bin` with programs that are called so.
fn tree(programs: &[(&str, &str)]) -> TempDir {
    let patch = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {rules: [{host: 1}]}\n";
    let folder = folder(&[
        ("made.yaml", BAD),
        ("apps/kustomization.yaml", "resources: [in.yaml]\npatches: [{path: patch.yaml}]\n"),
        ("apps/in.yaml", BAD),
        ("apps/patch.yaml", patch),
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("bin/log", ""),
    ]);
    for (name, script) in programs {
        put_program(folder.path(), name, &format!("#!/bin/sh\necho {name} \"$@\" >> bin/log\n{script}\n"));
    }
    folder
}

fn check(folder: &Path, args: &[&str]) -> Run {
    run_among(folder, Path::new(env!("CARGO_BIN_EXE_ingressc")), &[&["check", "--format", "concise"], args].concat())
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("bin/log")).expect("it is there")
}

const CAT: &str = "/bin/cat made.yaml";

#[test]
fn what_is_there_builds_when_it_is_asked_for() {
    for (programs, path, name, call) in [
        (&[("kustomize", CAT), ("kubectl", "exit 1")][..], "apps", "<kustomize build apps>:3:", "kustomize build ./apps\n"),
        (&[("kubectl", CAT)], "apps", "<kustomize build apps>:3:", "kubectl kustomize ./apps\n"),
        (&[("helm", CAT)], "chart", "<helm template chart>:3:", "helm template ./chart\n"),
    ] {
        let folder = tree(programs);
        let built = check(folder.path(), &["--build", path]);
        assert!(built.code == Some(0) && built.stdout.starts_with(name) && built.stdout.contains("[bad-annotation-value]"), "{built:?}");
        assert_eq!(log(folder.path()), call);
        let plain = tree(programs);
        check(plain.path(), &[path]);
        assert_eq!(log(plain.path()), "", "without --build nothing is called");
    }
}

#[test]
fn what_cannot_be_built_is_an_error() {
    for (programs, path, reason) in [
        (&[][..], "apps", "`apps` cannot be built: `kustomize` or `kubectl` is not there"),
        (&[], "chart", "`chart` cannot be built: `helm` is not there"),
        (&[("helm", "echo oh no >&2; exit 3")], "chart", "`chart` cannot be built: `helm template` says: oh no"),
    ] {
        let folder = tree(programs);
        let run = check(folder.path(), &["--build", path]);
        assert!(run.code == Some(2) && run.stdout.contains(reason), "{reason}: {run:?}");
    }
}

#[test]
fn parts_are_looked_at_as_they_stand_and_patches_are_not() {
    let folder = tree(&[]);
    let run = check(folder.path(), &["apps"]);
    let rules: Vec<&str> = run.stdout.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert_eq!(rules, ["bad-annotation-value", "unbuilt-kustomization"], "{run:?}");
    assert!(run.stdout.contains("apps/kustomization.yaml:1:1: info"), "{run:?}");
}
