//! What proxies need of the URLs of an external authentication, taken apart once.

use crate::catalog::value::{Url, around_host, with_way_back};
use crate::ir::ExternalAuth;

/// Fills what follows from the URLs.
pub(super) fn settle(auth: &mut ExternalAuth) {
    auth.address = Url::parse_absolute(&auth.url).map(|url| url.host).unwrap_or_default();
    auth.around_host = around_host(&auth.url).unwrap_or_default();
    auth.signin_target = with_way_back(&auth.signin_url, &auth.signin_redirect_param).unwrap_or_default();
}
