//! What `ingressc check --fix --dry-run` prints is a patch that git applies.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use libtest_mimic::Trial;

use crate::need::{Need, trial};
use crate::support::program::{folder, run};

const WRONG: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    kubernetes.io/ingress.class: nginx
    \"nginx.ingress.kubernetes.io/proxy-body-sise\":   8m   # uploads
spec:
  rules:
  - {host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}
";

fn the_patch_can_be_applied() {
    let folder = folder(&[("in.yaml", WRONG)]);
    let dry = run(folder.path(), &["check", "in.yaml", "--fix", "--dry-run"], "");
    assert!(dry.code.is_some_and(|code| code < 2) && dry.stderr.contains("would fix"), "{dry:?}");
    let git = Command::new("git").args(["apply", "-"]).current_dir(folder.path()).stdin(Stdio::piped()).spawn();
    let mut child = git.expect("git starts");
    child.stdin.take().expect("it was piped").write_all(dry.stdout.as_bytes()).expect("git reads the patch");
    assert!(child.wait().expect("git ends").success());
    let patched = fs::read_to_string(folder.path().join("in.yaml")).expect("the file is there");
    assert_eq!(patched, WRONG.replace("proxy-body-sise", "proxy-body-size"));
}

pub fn trials() -> Vec<Trial> {
    vec![trial("patch::the_patch_can_be_applied", &[Need::Program("git")], the_patch_can_be_applied)]
}
