//! `ingressc check --fix`: what it changes, what it leaves alone, and what it says about both.

use std::fs;
use std::path::Path;

use crate::support::program::{Run, folder, run};
use pretty_assertions::assert_eq;
use tempfile::TempDir;

/// Two misspelt names, one of them with comments and an odd layout around it, and a name that nothing resembles.
const WRONG: &str = "\
# The shop.
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web   # do not rename
  namespace: shop
  annotations:
    kubernetes.io/ingress.class: nginx
    \"nginx.ingress.kubernetes.io/proxy-body-sise\":   8m   # uploads
    nginx.ingress.kubernetes.io/proxi-read-timeout: '30'
    nginx.ingress.kubernetes.io/zzz: x
spec:
  rules:
  - {host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}
";

fn right() -> String {
    WRONG.replace("proxy-body-sise", "proxy-body-size").replace("proxi-read", "proxy-read")
}

fn check(folder: &Path, args: &[&str], input: &str) -> Run {
    run(folder, &[&["check"], args].concat(), input)
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("the file is there")
}

#[test]
fn names_are_put_right_and_nothing_else_changes() {
    let folder = folder(&[("in.yaml", WRONG), ("windows.yaml", &WRONG.replace("name: web ", "name: two ").replace('\n', "\r\n"))]);
    let run = check(folder.path(), &["in.yaml", "--fix"], "");
    assert_eq!(read(&folder, "in.yaml"), right(), "{run:?}");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), "fixed 2 of 3\n"), "{run:?}");
    assert!(run.stdout.contains("/zzz") && run.stdout.ends_with("1 warning\n"), "{run:?}");

    check(folder.path(), &["windows.yaml", "--fix"], "");
    assert_eq!(read(&folder, "windows.yaml"), right().replace("name: web ", "name: two ").replace('\n', "\r\n"));
    assert_eq!(fs::read_dir(folder.path()).map(Iterator::count).ok(), Some(2), "no draft stays");
}

#[test]
fn a_second_run_has_nothing_to_fix() {
    let folder = folder(&[("in.yaml", &right())]);
    let run = check(folder.path(), &["in.yaml", "--fix"], "");
    assert_eq!((read(&folder, "in.yaml"), run.stderr.as_str()), (right(), ""));
}

#[test]
fn what_is_left_is_found_in_the_fixed_text() {
    let folder = folder(&[("in.yaml", &WRONG.replace("'30'", "30s"))]);
    let run = check(folder.path(), &["in.yaml", "--fix", "--deny", "warning"], "");
    assert!(run.stdout.contains("`proxy-read-timeout` is ignored") && run.stdout.contains("in.yaml:10:53"), "{run:?}");
    assert_eq!(run.code, Some(1));
}

#[test]
fn a_dry_run_prints_a_patch_and_changes_nothing() {
    let folder = folder(&[("in.yaml", WRONG), ("right.yaml", &right().replace("name: web ", "name: two "))]);
    let run = check(folder.path(), &[".", "--fix", "--dry-run"], "");
    assert_eq!(read(&folder, "in.yaml"), WRONG);
    assert_eq!(run.stdout.lines().filter(|line| line.starts_with("+++ ")).collect::<Vec<_>>(), ["+++ b/in.yaml"], "{run:?}");
    assert!(run.stdout.contains("\n@@ -6,8 +6,8 @@\n   namespace: shop\n"), "{run:?}");
    assert!(run.stdout.contains("\n+    \"nginx.ingress.kubernetes.io/proxy-body-size\":   8m   # uploads\n"), "{run:?}");
    assert!(run.stderr.contains("would fix 2 of "), "{run:?}");
    assert_eq!(check(folder.path(), &["right.yaml", "--fix", "--dry-run"], "").stdout, "");
}

#[test]
fn standard_input_goes_fixed_to_standard_output() {
    let folder = folder(&[]);
    let run = check(folder.path(), &["-", "--fix"], WRONG);
    assert_eq!(run.stdout, right());
    assert!(run.stderr.starts_with("fixed 2 of 3\n") && run.stderr.contains("/zzz"), "{run:?}");
    assert_eq!(check(folder.path(), &["-", "--fix"], &right()).stdout, right(), "what needs no fix passes through");
    assert!(check(folder.path(), &["-", "--fix", "--dry-run"], WRONG).stdout.starts_with("--- a/<stdin>\n"));
}

#[test]
fn two_misspellings_of_one_name_stay() {
    let twice = WRONG.replace("proxi-read-timeout", "proxy-body-siz");
    let folder = folder(&[("in.yaml", &twice)]);
    let run = check(folder.path(), &["in.yaml", "--fix"], "");
    assert_eq!(read(&folder, "in.yaml"), twice);
    assert!(run.stderr.contains("in.yaml:9:5: unknown-annotation is not fixed: another one"), "{run:?}");
    assert!(run.stderr.ends_with("fixed 0 of 3\n"), "{run:?}");
}

#[test]
fn allowed_rules_are_not_fixed() {
    let folder = folder(&[("in.yaml", WRONG), ("ingressc.toml", "[rules]\nunknown-annotation = \"allow\"\n")]);
    check(folder.path(), &["in.yaml", "--fix", "--config", "ingressc.toml"], "");
    assert_eq!(read(&folder, "in.yaml"), WRONG);
}

#[test]
fn a_dry_run_is_one_of_a_fix() {
    let folder = folder(&[("in.yaml", WRONG)]);
    assert_eq!(check(folder.path(), &["in.yaml", "--dry-run"], "").code, Some(2));
}

#[cfg(unix)]
#[test]
fn links_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder(&[("in.yaml", WRONG)]);
    let (file, link) = (folder.path().join("in.yaml"), folder.path().join("a.yaml"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("modes can be set");
    symlink("in.yaml", &link).expect("links can be made");
    check(folder.path(), &["a.yaml", "--fix"], "");
    assert_eq!(read(&folder, "in.yaml"), right());
    assert_eq!(fs::metadata(&file).map(|metadata| metadata.permissions().mode() & 0o777).ok(), Some(0o640));
    assert!(fs::symlink_metadata(&link).is_ok_and(|metadata| metadata.is_symlink()));
}
