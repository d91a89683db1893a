//! Parameters of backends that speak FastCGI.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, keys};
use crate::catalog::value::{Check, patterns};

keys! {
    /// File for paths that end in a slash.
    INDEX: String = "fastcgi-index" {
        gateway: gateway::FASTCGI,
        example: "index.php",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::FILE_NAME),
        refused: Fate::IngressDropped,
        needs: Needs::one_of(&["backend-protocol"]).being("FCGI"),
        directives: &["fastcgi_index"],
    }
    /// ConfigMap in the namespace of the Ingress with parameters.
    PARAMS: String = "fastcgi-params-configmap" {
        gateway: gateway::FASTCGI,
        example: "shop/params",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        refused: Fate::IngressDropped,
        needs: Needs::one_of(&["backend-protocol"]).being("FCGI"),
        directives: &["fastcgi_param"],
    }
}
