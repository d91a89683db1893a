//! Nothing that has a name and shows in a configuration is without a case.

use ingressc::catalog::features;
use ingressc::catalog::flags::FLAGS;
use ingressc::catalog::settings;

use super::cases;

/// Arguments that show only where databases are downloaded, or in what the controller logs.
const ELSEWHERE: [&str; 3] = ["maxmind-license-key", "maxmind-mirror", "v"];

pub fn every_name_is_in_a_case() {
    let cases = cases();
    let text: String = cases.iter().map(|case| case.text.as_str()).collect();
    let flags: Vec<_> = cases.iter().flat_map(|case| &case.flags).collect();
    let annotations = features::all().map(|spec| spec.name).filter(|name| !text.contains(&format!("/{name}: ")));
    let settings = settings::all().map(|setting| setting.name).filter(|name| !text.contains(&format!("\n  {name}: ")));
    let arguments = FLAGS.iter().filter(|flag| flag.is_rendered() && !ELSEWHERE.contains(&flag.name)).map(|flag| flag.name);
    let arguments = arguments.filter(|name| !flags.iter().any(|flag| flag.trim_start_matches('-').split('=').next() == Some(name)));
    let missing: Vec<_> = annotations.chain(settings).chain(arguments).collect();
    assert!(missing.is_empty(), "no recorded case has {missing:#?}");
}
