-- What HAProxy cannot do by itself for Ingresses: ask a service whether a request may pass, copy requests, and fetch pages for errors.
-- The configuration says in variables of the transaction what is to be done.

-- Headers that HAProxy sets for backends: the authentication service gets its own in their place.
local OURS = {
    ["x-forwarded-host"] = true, ["x-forwarded-port"] = true, ["x-forwarded-proto"] = true, ["x-forwarded-scheme"] = true,
    ["x-scheme"] = true, ["x-original-uri"] = true, ["host"] = true, ["connection"] = true, ["content-length"] = true,
    ["transfer-encoding"] = true, ["upgrade"] = true, ["keep-alive"] = true,
}

local METHODS = { GET = "get", HEAD = "head", POST = "post", PUT = "put", DELETE = "delete" }

-- Headers of a message as lists of values by name.
local function lists(headers)
    local all = {}
    for name, values in pairs(headers) do
        local list = {}
        for at = 0, #values do
            if values[at] ~= nil then
                list[#list + 1] = values[at]
            end
        end
        all[name] = list
    end
    return all
end

-- Adds the lines `name: value` of a variable; an empty value takes a header away.
local function add_lines(headers, text)
    for line in string.gmatch(text or "", "[^\n]+") do
        local name, value = string.match(line, "^([^:]+): ?(.*)$")
        if name then
            headers[string.lower(name)] = value ~= "" and { value } or nil
        end
    end
end

-- Asks the service. Without an answer the status stays unset, and the rules that follow refuse the request.
local function ask(txn)
    local url = txn:get_var("txn.auth_url")
    local method = METHODS[txn:get_var("txn.auth_method") or "GET"]
    if not url or not method then
        return
    end
    local headers = {}
    for name, values in pairs(lists(txn.http:req_get_headers())) do
        if not OURS[name] then
            headers[name] = values
        end
    end
    add_lines(headers, txn:get_var("txn.auth_headers"))
    local client = core.httpclient()
    local answer = client[method](client, { url = url, headers = headers, timeout = 60000 })
    if not answer or not answer.status or answer.status == 0 then
        return
    end
    txn:set_var("txn.auth_status", answer.status)
    local answered = lists(answer.headers or {})
    local function first(name)
        return answered[name] and answered[name][1]
    end
    if first("set-cookie") then
        txn:set_var("txn.auth_cookie", first("set-cookie"))
    end
    if first("www-authenticate") then
        txn:set_var("txn.auth_challenge", first("www-authenticate"))
    end
    for name in string.gmatch(txn:get_var("txn.auth_copies") or "", "[^, ]+") do
        txn.http:req_del_header(name)
        local value = first(string.lower(name))
        if value and value ~= "" then
            txn.http:req_add_header(name, value)
        end
    end
end

core.register_action("ask", { "http-req" }, ask, 0)

-- Sends a copy of the request; nobody waits for the answer.
local function mirror(txn)
    local url = txn:get_var("txn.mirror_url")
    local method = METHODS[txn.sf:method()]
    if not url or not method then
        return
    end
    local headers = {}
    for name, values in pairs(lists(txn.http:req_get_headers())) do
        if not OURS[name] and not string.find(name, "^x%-forwarded%-") and name ~= "x-real-ip" and name ~= "x-request-id" then
            headers[name] = values
        end
    end
    headers["host"] = { txn:get_var("txn.mirror_host") }
    local body = txn:get_var("txn.mirror_body")
    core.register_task(function()
        local client = core.httpclient()
        client[method](client, { url = url, headers = headers, body = body, timeout = 60000 })
    end)
end

core.register_action("mirror", { "http-req" }, mirror, 0)

-- Fetches the page for a status from the service for error pages; nothing where the service does not answer.
local function fetch(get_var, status)
    local services = {}
    for service in string.gmatch(get_var("txn.error_service") or "", "[^, ]+") do
        services[#services + 1] = service
    end
    if #services == 0 then
        return nil
    end
    local address, port = string.match(services[math.random(#services)], "^(.*):(%d+)$")
    local socket = core.tcp()
    socket:settimeout(5)
    if not address or not socket:connect(address, tonumber(port)) then
        return nil
    end
    local query = get_var("txn.error_query")
    local request = { "GET /" .. (query and query ~= "" and "?" .. query or "") .. " HTTP/1.0", "Connection: close", "X-Code: " .. status }
    for line in string.gmatch(get_var("txn.error_headers") or "", "[^\n]+") do
        if not string.find(line, ": ?$") then
            request[#request + 1] = line
        end
    end
    socket:send(table.concat(request, "\r\n") .. "\r\n\r\n")
    local text = socket:receive("*a")
    socket:close()
    local head, body = string.match(text or "", "^(.-)\r\n\r\n(.*)$")
    local code = head and tonumber(string.match(head, "^HTTP/%S+ (%d+)"))
    if not code then
        return nil
    end
    local headers = {}
    for name, value in string.gmatch(head .. "\r\n", "\r\n([^:\r\n]+): *([^\r\n]*)") do
        name = string.lower(name)
        if name ~= "content-length" and name ~= "connection" and name ~= "transfer-encoding" and name ~= "keep-alive" and name ~= "server" then
            headers[#headers + 1] = { name, value }
        end
    end
    return code, headers, body
end

-- In place of an answer of a backend.
local function replace_error(txn)
    local code, headers, body = fetch(function(name) return txn:get_var(name) end, txn.sf:status())
    if not code then
        return
    end
    local reply = txn:reply({ status = code, body = body })
    for _, header in ipairs(headers) do
        reply:add_header(header[1], header[2])
    end
    txn:done(reply)
end

core.register_action("replace_error", { "http-res" }, replace_error, 0)

-- In place of an answer of HAProxy itself.
local function show_error(applet)
    local status = applet:get_var("txn.error_code")
    local code, headers, body = fetch(function(name) return applet:get_var(name) end, status)
    applet:set_status(code or tonumber(status))
    for _, header in ipairs(headers or {}) do
        applet:add_header(header[1], header[2])
    end
    applet:add_header("content-length", #(body or ""))
    applet:start_response()
    applet:send(body or "")
end

core.register_service("show_error", "http", show_error)
