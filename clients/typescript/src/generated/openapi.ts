// Made from /openapi.json by script/generate-client. Do not edit.

export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of the server and its parts
         * @description 200 as long as the server answers at all; `details` says what stands behind each component.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server answers */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server can do its work */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures for Prometheus
         * @description Free over loopback; else with the scope `metrics:read`.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_longshore/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete everything but credentials, the audit log, and single containers
         * @description For test suites. Tasks go; what the containers API made (containers, images, volumes, networks) stays. 404 where the server was not started with `--reset`.
         */
        post: operations["reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Exchange a username and a password for a token of a day */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the token that the request carries */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the caller is and what it may do */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keys of the account, ended ones too for 30 days */
        get: operations["listKeys"];
        put?: never;
        /** Make a key that allows no more than the caller may */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One key */
        get: operations["getKey"];
        put?: never;
        post?: never;
        /** Revoke a key: it is refused from the next request on */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a signed token (JWT) that allows no more than the caller may */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People of the account */
        get: operations["listUsers"];
        put?: never;
        /** Add a person, who may do no more than the caller */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/users/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One person */
        get: operations["getUser"];
        /** Change a person; what is absent stays. Their tokens end, unless only the description changes */
        put: operations["updateUser"];
        post?: never;
        /** Remove it; its keys are revoked and its tokens refused */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/service-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Service accounts of the account */
        get: operations["listServiceAccounts"];
        put?: never;
        /** Add an account for a program, with its first API key */
        post: operations["createServiceAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/service-accounts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One service account */
        get: operations["getServiceAccount"];
        /** Change a service account; what is absent stays. Its keys follow at once */
        put: operations["updateServiceAccount"];
        post?: never;
        /** Remove it; its keys are revoked and its tokens refused */
        delete: operations["deleteServiceAccount"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task}/containers/{name}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a container has written
         * @description Also after it has stopped. Without `follow` the answer ends with what there is now.
         */
        get: operations["getTaskLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/initialize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a session of a function, or of code that is sent along; it lasts two hours */
        post: operations["initializeSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/execute/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run the function of a session */
        post: operations["executeSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the caller's sessions */
        get: operations["getSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/functions/{language_title}/invoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a function once, without a session */
        post: operations["invokeFunction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/functions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The functions of the account */
        get: operations["listFunctions"];
        put?: never;
        /** Publish a function: its examples are run, and all must hold */
        post: operations["createFunction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/functions/{language_title}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One function, with its schema and examples */
        get: operations["getFunction"];
        /** Publish a new version, whole; calls that name no version get it from now on */
        put: operations["updateFunction"];
        post?: never;
        /** Remove a function with its versions and logs; its sessions end */
        delete: operations["deleteFunction"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/functions/{language_title}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Versions of a function, newest first */
        get: operations["listFunctionVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/functions/{language_title}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What executions of a function wrote and how they ended, newest first
         * @description Of one version, where one is named behind a colon.
         */
        get: operations["getFunctionLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/functions/{language_title}/aliases/{alias}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Point an alias to a version; `current` is where calls go that name nothing */
        put: operations["setFunctionAlias"];
        post?: never;
        /** Remove an alias */
        delete: operations["deleteFunctionAlias"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/functions/{language_title}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go back to the version before, or to the one that is named, at once */
        post: operations["rollBackFunction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a program once, as Piston's API does */
        post: operations["executeProgram"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/runtimes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Languages that programs may be in */
        get: operations["listProgramRuntimes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2015-03-31/functions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The functions of the account, whichever API they came by */
        get: operations["lambdaListFunctions"];
        put?: never;
        /** Create a function from a zip archive, as AWS Lambda does; it is loaded before it is published */
        post: operations["lambdaCreateFunction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2015-03-31/functions/{FunctionName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One function, with its tags; its code cannot be downloaded */
        get: operations["lambdaGetFunction"];
        put?: never;
        post?: never;
        /** Remove a function with all its versions */
        delete: operations["lambdaDeleteFunction"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2015-03-31/functions/{FunctionName}/configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a function is set up */
        get: operations["lambdaGetFunctionConfiguration"];
        /** Set up a function anew; members that are not given stay */
        put: operations["lambdaUpdateFunctionConfiguration"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2015-03-31/functions/{FunctionName}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Give a function new code, which is loaded before it is published */
        put: operations["lambdaUpdateFunctionCode"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2015-03-31/functions/{FunctionName}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All versions and $LATEST, oldest first */
        get: operations["lambdaListVersionsByFunction"];
        put?: never;
        /** The number of the version that $LATEST is */
        post: operations["lambdaPublishVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2015-03-31/functions/{FunctionName}/aliases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Aliases of a function */
        get: operations["lambdaListAliases"];
        put?: never;
        /** Point a new alias to a version */
        post: operations["lambdaCreateAlias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2015-03-31/functions/{FunctionName}/aliases/{Name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alias */
        get: operations["lambdaGetAlias"];
        /** Point an alias to another version */
        put: operations["lambdaUpdateAlias"];
        post?: never;
        /** Remove an alias; one that is not there is no error */
        delete: operations["lambdaDeleteAlias"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2015-03-31/functions/{FunctionName}/invocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invoke a function with any JSON, as AWS Lambda does */
        post: operations["lambdaInvoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Containers of the account, the newest first */
        get: operations["listContainers"];
        put?: never;
        /** Make a container; with start, run it */
        post: operations["createContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One container in full
         * @description Values of environment variables only with the scope containers:secrets.
         */
        get: operations["getContainer"];
        put?: never;
        post?: never;
        /** Remove a container */
        delete: operations["deleteContainer"];
        options?: never;
        head?: never;
        /** Change limits and restart policy, at once */
        patch: operations["updateContainer"];
        trace?: never;
    };
    "/api/v1/containers/{container_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a container; one that runs already is fine */
        post: operations["startContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a container: its stop signal, then SIGKILL */
        post: operations["stopContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a container where it runs, and run it */
        post: operations["restartContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/kill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a signal, SIGKILL unless told */
        post: operations["killContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Freeze the processes of a container */
        post: operations["pauseContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/unpause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the processes of a container go on */
        post: operations["unpauseContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a container another name */
        post: operations["renameContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/top": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The processes of a container that runs */
        get: operations["listProcesses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/exec": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a command in a container that runs, to its end
         * @description At most 1 MiB of each stream is told (truncated). A WebSocket to the same path has the streams as they go.
         */
        post: operations["execContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/recreate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a container anew with other settings, and bring the old one back where that fails
         * @description Members as when a container is made; what is left out stays. The new one is good before the old one goes. Accepted as application/x-ndjson or text/event-stream: the steps, the answer last. Prefer: respond-async: a job.
         */
        post: operations["recreateContainer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a container has written
         * @description Lines as JSON, at most 10000 with 16 Mi characters, or as text where that is asked for. next_since is where the next request goes on. With follow a stream of NDJSON, or of server-sent events whose ids resume it as Last-Event-ID; it goes on over restarts of the container. A line is at most 1 MiB long.
         */
        get: operations["getContainerLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Images of the machine, the newest first */
        get: operations["listImages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/pull": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch an image from its registry
         * @description Accepted as application/x-ndjson or text/event-stream: progress, the answer last. Prefer: respond-async: a job.
         */
        post: operations["pullImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/{image_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One image in full
         * @description After its name also /history: its layers; /update: whether its registry has another by now, asked again with refresh=true; /save: a tar archive.
         */
        get: operations["getImage"];
        put?: never;
        /** After the name of an image: /tag, a further name; /push, to the registry that the name says */
        post: operations["changeImage"];
        /** Take a reference away, and the image with its last one */
        delete: operations["deleteImage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/save": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Several images as one tar archive */
        get: operations["saveImages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/check-updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the registries of many images whether they have others by now
         * @description Accepted as application/x-ndjson or text/event-stream: progress, the answer last. Prefer: respond-async: a job.
         */
        post: operations["checkImageUpdates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/{container_id}/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the registry has another image by now than the container is made of */
        get: operations["checkContainerUpdate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Registries that the account has credentials of, by address */
        get: operations["listRegistries"];
        put?: never;
        /** Store credentials of a registry, for pulls, pushes and tasks of the account */
        post: operations["createRegistry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{registry_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One registry, without its password */
        get: operations["getRegistry"];
        put?: never;
        post?: never;
        /** Forget the credentials of a registry */
        delete: operations["deleteRegistry"];
        options?: never;
        head?: never;
        /** Change name or credentials; its address stays */
        patch: operations["updateRegistry"];
        trace?: never;
    };
    "/api/v1/registries/{registry_id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the registry whether it takes what is stored */
        post: operations["checkRegistry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/volumes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Volumes of the account, by name */
        get: operations["listVolumes"];
        put?: never;
        /** Make a volume */
        post: operations["createVolume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/volumes/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One volume, with the containers that have it */
        get: operations["getVolume"];
        put?: never;
        post?: never;
        /** Remove a volume that no container has */
        delete: operations["deleteVolume"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Networks of the account, by name */
        get: operations["listNetworks"];
        put?: never;
        /** Make a network */
        post: operations["createNetwork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks/{network_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One network, with the containers on it */
        get: operations["getNetwork"];
        put?: never;
        post?: never;
        /** Remove a network without containers */
        delete: operations["deleteNetwork"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks/{network_id}/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a container on a network */
        post: operations["connectNetwork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks/{network_id}/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a container off a network */
        post: operations["disconnectNetwork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/containers/prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove containers that do not run */
        post: operations["pruneContainers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove images without a tag; with all, those without a container */
        post: operations["pruneImages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/volumes/prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove volumes without a name that no container has */
        post: operations["pruneVolumes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks/prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove networks without containers */
        post: operations["pruneNetworks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much of the machine is used, in percent
         * @description With range or step also what was used before, in steps with averages and maxima, at most 2881 of them. With stream one value after the other, for as long as there is something to tell of.
         */
        get: operations["getResources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics/containers/{container_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a container uses; all zero for one that does not run
         * @description With range or step also what was used before, in steps with averages and maxima, at most 2881 of them. With stream one value after the other, for as long as there is something to tell of. A stream goes on over stops and starts of the container until it is removed.
         */
        get: operations["getContainerUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, as server-sent events, or NDJSON where that is accepted
         * @description resync says that something may have been missed. The id of an event resumes as Last-Event-ID.
         */
        get: operations["watchEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The engine: product, version, what it has */
        get: operations["getSystemInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs of the account, the newest first */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a job is, and what came of it */
        get: operations["getJob"];
        put?: never;
        post?: never;
        /** End a job that runs */
        delete: operations["cancelJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Images from a tar archive of docker save */
        post: operations["loadImages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A ticket that opens one WebSocket within 30 seconds: /ws?token=<ticket> */
        post: operations["createTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, newest first
         * @description Calls that change something, and logins. A caller sees its own account's; all with admin:accounts. With `Accept: application/x-ndjson` all that match are sent, one entry a line.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {unknown} */
                        status: "ok" | "degraded";
                        /** @example 1.0.0 */
                        version: string;
                        /** @description controller, redis, postgres, engine. */
                        components: {
                            /** @description By language. */
                            runtimes: {
                                [key: string]: "ok" | "starting" | "down" | "unavailable";
                            };
                        } & {
                            [key: string]: "ok" | "starting" | "down" | "unavailable";
                        };
                        details: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ready";
                    };
                };
            };
            /** @description It cannot; `reasons` say why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "not ready";
                        reasons: string[];
                    };
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus' text format, version 0.0.4. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        reset: boolean;
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example ann */
                    username: string;
                    /** @example correct horse battery staple */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description For Authorization: Bearer.
                         * @example eyJhbGciOi…
                         */
                        token: string;
                        /**
                         * @description Seconds.
                         * @example 86400
                         */
                        expiresIn: number;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example user:ann */
                        subject: string;
                        /**
                         * @description How the caller said who it is.
                         * @example token
                         */
                        kind: string;
                        /** @example lsk_8aJx2Lq0ZpTe */
                        keyId?: string;
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /**
                 * @description At most so many.
                 * @example 100
                 */
                maxResults?: number;
                /** @description Of the page before. */
                nextToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            /**
                             * @description May be shown; opens nothing.
                             * @example lsk_8aJx2Lq0ZpTe
                             */
                            id: string;
                            /**
                             * @description api-key: X-API-Key. access-key: a pair for AWS's clients. account-token: what the simple API's clients of an account share.
                             * @example api-key
                             * @enum {unknown}
                             */
                            kind: "api-key" | "access-key" | "account-token";
                            /**
                             * @description For people.
                             * @example laptop
                             */
                            name: string;
                            /**
                             * @description Whom it stands for.
                             * @example key:lsk_8aJx2Lq0ZpTe
                             */
                            subject: string;
                            /**
                             * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                             * @example operator
                             * @enum {unknown}
                             */
                            role: "admin" | "operator" | "viewer" | "none";
                            /**
                             * @description Beside the role's: resource:action, with * for any of either.
                             * @example [
                             *       "clusters:read",
                             *       "tasks:*"
                             *     ]
                             */
                            scopes: string[];
                            /**
                             * @description Whose resources it works on; the caller's own where absent.
                             * @example 000000000000
                             */
                            account: string;
                            /**
                             * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                             * @example {
                             *       "ecs": 500
                             *     }
                             */
                            limits?: {
                                ecs?: number;
                                execute?: number;
                                functions?: number;
                            };
                            /**
                             * @example active
                             * @enum {unknown}
                             */
                            state: "active" | "expired" | "revoked";
                            /** @example user:ann */
                            createdBy: string;
                            /**
                             * Format: date-time
                             * @description When it was made.
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            createdAt: string;
                            /**
                             * @description When it expires; null: never.
                             * @example null
                             */
                            expiresAt: null | string;
                            /**
                             * @description When it was revoked; null: it was not.
                             * @example null
                             */
                            revokedAt: null | string;
                        }[];
                        /** @description Absent on the last page. */
                        nextToken?: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description api-key: X-API-Key. access-key: a pair for AWS's clients. account-token: what the simple API's clients of an account share.
                     * @example api-key
                     * @enum {unknown}
                     */
                    kind?: "api-key" | "access-key" | "account-token";
                    /**
                     * @description For people.
                     * @example laptop
                     */
                    name?: string;
                    /**
                     * @description user:<name> or service:<name>, whose rights then bound it; absent: it stands for itself.
                     * @example service:ci
                     */
                    subject?: string;
                    /**
                     * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                     * @example operator
                     * @enum {unknown}
                     */
                    role?: "admin" | "operator" | "viewer" | "none";
                    /**
                     * @description Beside the role's: resource:action, with * for any of either.
                     * @example [
                     *       "clusters:read",
                     *       "tasks:*"
                     *     ]
                     */
                    scopes?: string[];
                    /**
                     * @description Whose resources it works on; the caller's own where absent.
                     * @example 000000000000
                     */
                    account?: string;
                    /**
                     * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                     * @example {
                     *       "ecs": 500
                     *     }
                     */
                    limits?: {
                        ecs?: number;
                        execute?: number;
                        functions?: number;
                    };
                    /**
                     * @description Seconds until it expires; absent: never.
                     * @example 2592000
                     */
                    ttlSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description May be shown; opens nothing.
                         * @example lsk_8aJx2Lq0ZpTe
                         */
                        id: string;
                        /**
                         * @description api-key: X-API-Key. access-key: a pair for AWS's clients. account-token: what the simple API's clients of an account share.
                         * @example api-key
                         * @enum {unknown}
                         */
                        kind: "api-key" | "access-key" | "account-token";
                        /**
                         * @description For people.
                         * @example laptop
                         */
                        name: string;
                        /**
                         * @description Whom it stands for.
                         * @example key:lsk_8aJx2Lq0ZpTe
                         */
                        subject: string;
                        /**
                         * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                         * @example operator
                         * @enum {unknown}
                         */
                        role: "admin" | "operator" | "viewer" | "none";
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                        /**
                         * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                         * @example {
                         *       "ecs": 500
                         *     }
                         */
                        limits?: {
                            ecs?: number;
                            execute?: number;
                            functions?: number;
                        };
                        /**
                         * @example active
                         * @enum {unknown}
                         */
                        state: "active" | "expired" | "revoked";
                        /** @example user:ann */
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                        /**
                         * @description When it expires; null: never.
                         * @example null
                         */
                        expiresAt: null | string;
                        /**
                         * @description When it was revoked; null: it was not.
                         * @example null
                         */
                        revokedAt: null | string;
                        /**
                         * @description Of an API key. Shown now and never again.
                         * @example lsk_8aJx2Lq0ZpTe_…
                         */
                        key?: string;
                        /**
                         * @description Of an access key.
                         * @example LSIA7ZQ2M5RTXK4AHJWD
                         */
                        accessKeyId?: string;
                        /**
                         * @description Of an access key. Shown now and never again.
                         * @example …
                         */
                        secretAccessKey?: string;
                        /**
                         * @description Of an account. Shown now and never again.
                         * @example …
                         */
                        token?: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example lsk_8aJx2Lq0ZpTe */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A key without its secret, which is shown once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description May be shown; opens nothing.
                         * @example lsk_8aJx2Lq0ZpTe
                         */
                        id: string;
                        /**
                         * @description api-key: X-API-Key. access-key: a pair for AWS's clients. account-token: what the simple API's clients of an account share.
                         * @example api-key
                         * @enum {unknown}
                         */
                        kind: "api-key" | "access-key" | "account-token";
                        /**
                         * @description For people.
                         * @example laptop
                         */
                        name: string;
                        /**
                         * @description Whom it stands for.
                         * @example key:lsk_8aJx2Lq0ZpTe
                         */
                        subject: string;
                        /**
                         * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                         * @example operator
                         * @enum {unknown}
                         */
                        role: "admin" | "operator" | "viewer" | "none";
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                        /**
                         * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                         * @example {
                         *       "ecs": 500
                         *     }
                         */
                        limits?: {
                            ecs?: number;
                            execute?: number;
                            functions?: number;
                        };
                        /**
                         * @example active
                         * @enum {unknown}
                         */
                        state: "active" | "expired" | "revoked";
                        /** @example user:ann */
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                        /**
                         * @description When it expires; null: never.
                         * @example null
                         */
                        expiresAt: null | string;
                        /**
                         * @description When it was revoked; null: it was not.
                         * @example null
                         */
                        revokedAt: null | string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example lsk_8aJx2Lq0ZpTe */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A key without its secret, which is shown once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description May be shown; opens nothing.
                         * @example lsk_8aJx2Lq0ZpTe
                         */
                        id: string;
                        /**
                         * @description api-key: X-API-Key. access-key: a pair for AWS's clients. account-token: what the simple API's clients of an account share.
                         * @example api-key
                         * @enum {unknown}
                         */
                        kind: "api-key" | "access-key" | "account-token";
                        /**
                         * @description For people.
                         * @example laptop
                         */
                        name: string;
                        /**
                         * @description Whom it stands for.
                         * @example key:lsk_8aJx2Lq0ZpTe
                         */
                        subject: string;
                        /**
                         * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                         * @example operator
                         * @enum {unknown}
                         */
                        role: "admin" | "operator" | "viewer" | "none";
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                        /**
                         * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                         * @example {
                         *       "ecs": 500
                         *     }
                         */
                        limits?: {
                            ecs?: number;
                            execute?: number;
                            functions?: number;
                        };
                        /**
                         * @example active
                         * @enum {unknown}
                         */
                        state: "active" | "expired" | "revoked";
                        /** @example user:ann */
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                        /**
                         * @description When it expires; null: never.
                         * @example null
                         */
                        expiresAt: null | string;
                        /**
                         * @description When it was revoked; null: it was not.
                         * @example null
                         */
                        revokedAt: null | string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description user:<name>, service:<name> or a name of its own; the caller where absent.
                     * @example ci
                     */
                    subject?: string;
                    /**
                     * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                     * @example operator
                     * @enum {unknown}
                     */
                    role?: "admin" | "operator" | "viewer" | "none";
                    /**
                     * @description Beside the role's: resource:action, with * for any of either.
                     * @example [
                     *       "clusters:read",
                     *       "tasks:*"
                     *     ]
                     */
                    scopes?: string[];
                    /**
                     * @description Whose resources it works on; the caller's own where absent.
                     * @example 000000000000
                     */
                    account?: string;
                    /**
                     * @description Absent: a day.
                     * @example 3600
                     */
                    ttlSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description For Authorization: Bearer.
                         * @example eyJhbGciOi…
                         */
                        token: string;
                        /**
                         * @description Seconds.
                         * @example 86400
                         */
                        expiresIn: number;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description At most so many.
                 * @example 100
                 */
                maxResults?: number;
                /** @description Of the page before. */
                nextToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        users: {
                            /**
                             * @description Its subject.
                             * @example user:ann
                             */
                            id: string;
                            /**
                             * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                             * @example ann
                             */
                            name: string;
                            /**
                             * @description For people.
                             * @example Deploys from CI
                             */
                            description: string;
                            /**
                             * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                             * @example operator
                             * @enum {unknown}
                             */
                            role: "admin" | "operator" | "viewer" | "none";
                            /**
                             * @description Beside the role's: resource:action, with * for any of either.
                             * @example [
                             *       "clusters:read",
                             *       "tasks:*"
                             *     ]
                             */
                            scopes: string[];
                            /**
                             * @description Whose resources it works on; the caller's own where absent.
                             * @example 000000000000
                             */
                            account: string;
                            /**
                             * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                             * @example {
                             *       "ecs": 500
                             *     }
                             */
                            limits?: {
                                ecs?: number;
                                execute?: number;
                                functions?: number;
                            };
                            /** @description Nothing of it is taken while this is true. */
                            disabled: boolean;
                            /**
                             * Format: date-time
                             * @description When it was made.
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            createdAt: string;
                        }[];
                        /** @description Absent on the last page. */
                        nextToken?: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                     * @example ann
                     */
                    name: string;
                    /**
                     * @description At least 12 characters.
                     * @example correct horse battery staple
                     */
                    password: string;
                    /**
                     * @description For people.
                     * @example Deploys from CI
                     */
                    description?: string;
                    /**
                     * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                     * @example operator
                     * @enum {unknown}
                     */
                    role?: "admin" | "operator" | "viewer" | "none";
                    /**
                     * @description Beside the role's: resource:action, with * for any of either.
                     * @example [
                     *       "clusters:read",
                     *       "tasks:*"
                     *     ]
                     */
                    scopes?: string[];
                    /**
                     * @description Whose resources it works on; the caller's own where absent.
                     * @example 000000000000
                     */
                    account?: string;
                    /**
                     * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                     * @example {
                     *       "ecs": 500
                     *     }
                     */
                    limits?: {
                        ecs?: number;
                        execute?: number;
                        functions?: number;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Its subject.
                         * @example user:ann
                         */
                        id: string;
                        /**
                         * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                         * @example ann
                         */
                        name: string;
                        /**
                         * @description For people.
                         * @example Deploys from CI
                         */
                        description: string;
                        /**
                         * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                         * @example operator
                         * @enum {unknown}
                         */
                        role: "admin" | "operator" | "viewer" | "none";
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                        /**
                         * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                         * @example {
                         *       "ecs": 500
                         *     }
                         */
                        limits?: {
                            ecs?: number;
                            execute?: number;
                            functions?: number;
                        };
                        /** @description Nothing of it is taken while this is true. */
                        disabled: boolean;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                 * @example ann
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Its subject.
                         * @example user:ann
                         */
                        id: string;
                        /**
                         * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                         * @example ann
                         */
                        name: string;
                        /**
                         * @description For people.
                         * @example Deploys from CI
                         */
                        description: string;
                        /**
                         * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                         * @example operator
                         * @enum {unknown}
                         */
                        role: "admin" | "operator" | "viewer" | "none";
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                        /**
                         * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                         * @example {
                         *       "ecs": 500
                         *     }
                         */
                        limits?: {
                            ecs?: number;
                            execute?: number;
                            functions?: number;
                        };
                        /** @description Nothing of it is taken while this is true. */
                        disabled: boolean;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                 * @example ann
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description For people.
                     * @example Deploys from CI
                     */
                    description?: string;
                    /**
                     * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                     * @example operator
                     * @enum {unknown}
                     */
                    role?: "admin" | "operator" | "viewer" | "none";
                    /**
                     * @description Beside the role's: resource:action, with * for any of either.
                     * @example [
                     *       "clusters:read",
                     *       "tasks:*"
                     *     ]
                     */
                    scopes?: string[];
                    /**
                     * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                     * @example {
                     *       "ecs": 500
                     *     }
                     */
                    limits?: {
                        ecs?: number;
                        execute?: number;
                        functions?: number;
                    };
                    /** @description true: refuse it, with its keys and tokens. */
                    disabled?: boolean;
                    /**
                     * @description At least 12 characters.
                     * @example correct horse battery staple
                     */
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Its subject.
                         * @example user:ann
                         */
                        id: string;
                        /**
                         * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                         * @example ann
                         */
                        name: string;
                        /**
                         * @description For people.
                         * @example Deploys from CI
                         */
                        description: string;
                        /**
                         * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                         * @example operator
                         * @enum {unknown}
                         */
                        role: "admin" | "operator" | "viewer" | "none";
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                        /**
                         * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                         * @example {
                         *       "ecs": 500
                         *     }
                         */
                        limits?: {
                            ecs?: number;
                            execute?: number;
                            functions?: number;
                        };
                        /** @description Nothing of it is taken while this is true. */
                        disabled: boolean;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                 * @example ann
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listServiceAccounts: {
        parameters: {
            query?: {
                /**
                 * @description At most so many.
                 * @example 100
                 */
                maxResults?: number;
                /** @description Of the page before. */
                nextToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        serviceAccounts: {
                            /**
                             * @description Its subject.
                             * @example user:ann
                             */
                            id: string;
                            /**
                             * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                             * @example ann
                             */
                            name: string;
                            /**
                             * @description For people.
                             * @example Deploys from CI
                             */
                            description: string;
                            /**
                             * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                             * @example operator
                             * @enum {unknown}
                             */
                            role: "admin" | "operator" | "viewer" | "none";
                            /**
                             * @description Beside the role's: resource:action, with * for any of either.
                             * @example [
                             *       "clusters:read",
                             *       "tasks:*"
                             *     ]
                             */
                            scopes: string[];
                            /**
                             * @description Whose resources it works on; the caller's own where absent.
                             * @example 000000000000
                             */
                            account: string;
                            /**
                             * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                             * @example {
                             *       "ecs": 500
                             *     }
                             */
                            limits?: {
                                ecs?: number;
                                execute?: number;
                                functions?: number;
                            };
                            /** @description Nothing of it is taken while this is true. */
                            disabled: boolean;
                            /**
                             * Format: date-time
                             * @description When it was made.
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            createdAt: string;
                        }[];
                        /** @description Absent on the last page. */
                        nextToken?: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    createServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                     * @example ann
                     */
                    name: string;
                    /**
                     * @description For people.
                     * @example Deploys from CI
                     */
                    description?: string;
                    /** @description Of several, the one that may most. */
                    roles?: ("admin" | "operator" | "viewer")[];
                    /**
                     * @description Beside the role's: resource:action, with * for any of either.
                     * @example [
                     *       "clusters:read",
                     *       "tasks:*"
                     *     ]
                     */
                    scopes?: string[];
                    /**
                     * @description Whose resources it works on; the caller's own where absent.
                     * @example 000000000000
                     */
                    account?: string;
                    /**
                     * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                     * @example {
                     *       "ecs": 500
                     *     }
                     */
                    limits?: {
                        ecs?: number;
                        execute?: number;
                        functions?: number;
                    };
                    /**
                     * @description Seconds until it expires; absent: never.
                     * @example 2592000
                     */
                    ttlSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example service:ci */
                        serviceAccountId: string;
                        /**
                         * @description Shown now and never again.
                         * @example lsk_8aJx2Lq0ZpTe_…
                         */
                        apiKey: string;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                 * @example ann
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Its subject.
                         * @example user:ann
                         */
                        id: string;
                        /**
                         * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                         * @example ann
                         */
                        name: string;
                        /**
                         * @description For people.
                         * @example Deploys from CI
                         */
                        description: string;
                        /**
                         * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                         * @example operator
                         * @enum {unknown}
                         */
                        role: "admin" | "operator" | "viewer" | "none";
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                        /**
                         * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                         * @example {
                         *       "ecs": 500
                         *     }
                         */
                        limits?: {
                            ecs?: number;
                            execute?: number;
                            functions?: number;
                        };
                        /** @description Nothing of it is taken while this is true. */
                        disabled: boolean;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    updateServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                 * @example ann
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description For people.
                     * @example Deploys from CI
                     */
                    description?: string;
                    /**
                     * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                     * @example operator
                     * @enum {unknown}
                     */
                    role?: "admin" | "operator" | "viewer" | "none";
                    /**
                     * @description Beside the role's: resource:action, with * for any of either.
                     * @example [
                     *       "clusters:read",
                     *       "tasks:*"
                     *     ]
                     */
                    scopes?: string[];
                    /**
                     * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                     * @example {
                     *       "ecs": 500
                     *     }
                     */
                    limits?: {
                        ecs?: number;
                        execute?: number;
                        functions?: number;
                    };
                    /** @description true: refuse it, with its keys and tokens. */
                    disabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Its subject.
                         * @example user:ann
                         */
                        id: string;
                        /**
                         * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                         * @example ann
                         */
                        name: string;
                        /**
                         * @description For people.
                         * @example Deploys from CI
                         */
                        description: string;
                        /**
                         * @description viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.
                         * @example operator
                         * @enum {unknown}
                         */
                        role: "admin" | "operator" | "viewer" | "none";
                        /**
                         * @description Beside the role's: resource:action, with * for any of either.
                         * @example [
                         *       "clusters:read",
                         *       "tasks:*"
                         *     ]
                         */
                        scopes: string[];
                        /**
                         * @description Whose resources it works on; the caller's own where absent.
                         * @example 000000000000
                         */
                        account: string;
                        /**
                         * @description Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.
                         * @example {
                         *       "ecs": 500
                         *     }
                         */
                        limits?: {
                            ecs?: number;
                            execute?: number;
                            functions?: number;
                        };
                        /** @description Nothing of it is taken while this is true. */
                        disabled: boolean;
                        /**
                         * Format: date-time
                         * @description When it was made.
                         * @example 2026-01-31T12:00:00.000Z
                         */
                        createdAt: string;
                    };
                };
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    deleteServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.
                 * @example ann
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong, and what to do about it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getTaskLogs: {
        parameters: {
            query?: {
                /** @description Only the last so many lines. */
                tail?: number;
                /**
                 * @description Only lines from this time on. RFC 3339, or epoch seconds.
                 * @example 2030-01-31T12:00:00Z
                 */
                since?: string;
                /**
                 * @description Only lines before this time. RFC 3339, or epoch seconds.
                 * @example 2030-01-31T12:00:00Z
                 */
                until?: string;
                /** @description Go on with what comes, until the container stops. */
                follow?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Id or ARN.
                 * @example 4f1c0a9be2f64f5f9dd4e1f6d1f0c3ab
                 */
                task: string;
                /**
                 * @description Of the container.
                 * @example app
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lines, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/x-ndjson": string;
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    initializeSession: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                "language-title": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description For the handler, as it is. timeout_ms: milliseconds that an execution may take (default 30000, at most 300000). retain_session: keep the process between executions (default true).
                     * @example {
                     *       "environment": "production",
                     *       "user_id": "user-123",
                     *       "timeout_ms": 30000,
                     *       "retain_session": true
                     *     }
                     */
                    context?: {
                        [key: string]: unknown;
                    };
                    /**
                     * @description Code to run in place of a published function; needs the scope execute:script.
                     * @example return { value: event.params.a + 1 }
                     */
                    script_content?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id: string;
                        /** @constant */
                        status: "initialized";
                        /**
                         * Format: date-time
                         * @description Until when it can be executed.
                         * @example 2025-05-13T10:28:22Z
                         */
                        expires_at: string;
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    executeSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description no-cache: run in any case. max-age=<seconds>: how old a result may be; default 3600. */
                "x-cache-control"?: string;
            };
            path: {
                /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description For the handler; any JSON.
                     * @example {
                     *       "operation": "add",
                     *       "values": [
                     *         1,
                     *         2,
                     *         3
                     *       ]
                     *     }
                     */
                    params: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /**
                         * @description Milliseconds that the function ran; 0 for a cached result.
                         * @example 42
                         */
                        execution_time: number;
                        /**
                         * @description Whether nothing was run.
                         * @example false
                         */
                        cached: boolean;
                        /**
                         * @description What the handler answered.
                         * @example {
                         *       "value": 6
                         *     }
                         */
                        result: unknown;
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /**
                         * @example active
                         * @enum {unknown}
                         */
                        status: "initialized" | "active" | "expired";
                        /**
                         * Format: date-time
                         * @description When it was initialized.
                         * @example 2025-05-13T10:28:22Z
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description Until when it can be executed.
                         * @example 2025-05-13T10:28:22Z
                         */
                        expires_at: string;
                        /**
                         * @description Executions so far, cached ones too.
                         * @example 3
                         */
                        execution_count: number;
                        last_executed_at: null | string;
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    invokeFunction: {
        parameters: {
            query?: never;
            header?: {
                /** @description no-cache: run in any case. max-age=<seconds>: how old a result may be; default 3600. */
                "x-cache-control"?: string;
            };
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description For the handler; any JSON.
                     * @example {
                     *       "operation": "add",
                     *       "values": [
                     *         1,
                     *         2,
                     *         3
                     *       ]
                     *     }
                     */
                    params: unknown;
                    /**
                     * @description For the handler, as it is. timeout_ms: milliseconds that an execution may take (default 30000, at most 300000). retain_session: keep the process between executions (default true).
                     * @example {
                     *       "environment": "production",
                     *       "user_id": "user-123",
                     *       "timeout_ms": 30000,
                     *       "retain_session": true
                     *     }
                     */
                    context?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /**
                         * @description Milliseconds that the function ran; 0 for a cached result.
                         * @example 42
                         */
                        execution_time: number;
                        /**
                         * @description Whether nothing was run.
                         * @example false
                         */
                        cached: boolean;
                        /**
                         * @description What the handler answered.
                         * @example {
                         *       "value": 6
                         *     }
                         */
                        result: unknown;
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    listFunctions: {
        parameters: {
            query?: {
                /** @example nodejs */
                language?: string;
                page?: number;
                per_page?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Of all pages.
                         * @example 42
                         */
                        total: number;
                        /**
                         * @description From 1.
                         * @example 1
                         */
                        page: number;
                        /**
                         * @description At most so many on a page.
                         * @example 20
                         */
                        per_page: number;
                        functions: {
                            /** @example nodejs */
                            language: string;
                            /** @example calculator */
                            title: string;
                            /**
                             * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                             * @example nodejs-calculator
                             */
                            language_title: string;
                            /** @example 基本的な計算機能を提供 */
                            description: string;
                            /**
                             * Format: date-time
                             * @description When it was first published.
                             * @example 2025-05-13T10:28:22Z
                             */
                            created_at: string;
                            /**
                             * Format: date-time
                             * @description When last what calls get has changed.
                             * @example 2025-05-13T10:28:22Z
                             */
                            updated_at: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    createFunction: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                     * @example nodejs-calculator
                     */
                    language_title: string;
                    /** @example 基本的な計算機能を提供 */
                    description?: string;
                    /** @description The code, where it is one file. */
                    source?: string;
                    /** @description The code: path to content. */
                    files?: {
                        [key: string]: string;
                    };
                    /**
                     * @description Those of the files whose content is in base64.
                     * @example [
                     *       "main"
                     *     ]
                     */
                    base64?: string[];
                    /** @description The file with the handler. */
                    entry?: string;
                    schema?: {
                        /** @description JSON Schema (draft 2020-12, or draft-07 with $schema) of the params. */
                        params?: {
                            [key: string]: unknown;
                        };
                        /** @description JSON Schema of the result. */
                        result?: {
                            [key: string]: unknown;
                        };
                    };
                    /** @description Run before it is published; all must hold. */
                    examples?: {
                        description?: string;
                        request: {
                            /**
                             * @description For the handler; any JSON.
                             * @example {
                             *       "operation": "add",
                             *       "values": [
                             *         1,
                             *         2,
                             *         3
                             *       ]
                             *     }
                             */
                            params: unknown;
                        };
                        response: {
                            /**
                             * @description What it answers then.
                             * @example {
                             *       "value": 6
                             *     }
                             */
                            result: unknown;
                        };
                    }[];
                    limits?: {
                        /** @example 128 */
                        memory_mb?: number;
                        /** @example 30000 */
                        timeout_ms?: number;
                        /** @example 65536 */
                        output_bytes?: number;
                    };
                    /**
                     * @description Environment variables.
                     * @example {
                     *       "LOG_LEVEL": "debug"
                     *     }
                     */
                    environment?: {
                        [key: string]: string;
                    };
                    /**
                     * @description Environment variables that are kept sealed and never shown; absent: those of before.
                     * @example {
                     *       "LOG_LEVEL": "debug"
                     *     }
                     */
                    secrets?: {
                        [key: string]: string;
                    };
                    /** @description Whether results may be kept; default true. */
                    cacheable?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example nodejs */
                        language: string;
                        /** @example calculator */
                        title: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /** @example 基本的な計算機能を提供 */
                        description: string;
                        /**
                         * Format: date-time
                         * @description When it was first published.
                         * @example 2025-05-13T10:28:22Z
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description When last what calls get has changed.
                         * @example 2025-05-13T10:28:22Z
                         */
                        updated_at: string;
                        schema: {
                            /** @description JSON Schema (draft 2020-12, or draft-07 with $schema) of the params. */
                            params?: {
                                [key: string]: unknown;
                            };
                            /** @description JSON Schema of the result. */
                            result?: {
                                [key: string]: unknown;
                            };
                        };
                        examples: {
                            description?: string;
                            request: {
                                /**
                                 * @description For the handler; any JSON.
                                 * @example {
                                 *       "operation": "add",
                                 *       "values": [
                                 *         1,
                                 *         2,
                                 *         3
                                 *       ]
                                 *     }
                                 */
                                params: unknown;
                            };
                            response: {
                                /**
                                 * @description What it answers then.
                                 * @example {
                                 *       "value": 6
                                 *     }
                                 */
                                result: unknown;
                            };
                        }[];
                        /** @example 3 */
                        version: number;
                        /**
                         * @description Of everything but the secrets.
                         * @example sha256:9f86d0…
                         */
                        digest: string;
                        /**
                         * @example {
                         *       "current": 3,
                         *       "stable": 2
                         *     }
                         */
                        aliases: {
                            [key: string]: number;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    getFunction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example nodejs */
                        language: string;
                        /** @example calculator */
                        title: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /** @example 基本的な計算機能を提供 */
                        description: string;
                        /**
                         * Format: date-time
                         * @description When it was first published.
                         * @example 2025-05-13T10:28:22Z
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description When last what calls get has changed.
                         * @example 2025-05-13T10:28:22Z
                         */
                        updated_at: string;
                        schema: {
                            /** @description JSON Schema (draft 2020-12, or draft-07 with $schema) of the params. */
                            params?: {
                                [key: string]: unknown;
                            };
                            /** @description JSON Schema of the result. */
                            result?: {
                                [key: string]: unknown;
                            };
                        };
                        examples: {
                            description?: string;
                            request: {
                                /**
                                 * @description For the handler; any JSON.
                                 * @example {
                                 *       "operation": "add",
                                 *       "values": [
                                 *         1,
                                 *         2,
                                 *         3
                                 *       ]
                                 *     }
                                 */
                                params: unknown;
                            };
                            response: {
                                /**
                                 * @description What it answers then.
                                 * @example {
                                 *       "value": 6
                                 *     }
                                 */
                                result: unknown;
                            };
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    updateFunction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example 基本的な計算機能を提供 */
                    description?: string;
                    /** @description The code, where it is one file. */
                    source?: string;
                    /** @description The code: path to content. */
                    files?: {
                        [key: string]: string;
                    };
                    /**
                     * @description Those of the files whose content is in base64.
                     * @example [
                     *       "main"
                     *     ]
                     */
                    base64?: string[];
                    /** @description The file with the handler. */
                    entry?: string;
                    schema?: {
                        /** @description JSON Schema (draft 2020-12, or draft-07 with $schema) of the params. */
                        params?: {
                            [key: string]: unknown;
                        };
                        /** @description JSON Schema of the result. */
                        result?: {
                            [key: string]: unknown;
                        };
                    };
                    /** @description Run before it is published; all must hold. */
                    examples?: {
                        description?: string;
                        request: {
                            /**
                             * @description For the handler; any JSON.
                             * @example {
                             *       "operation": "add",
                             *       "values": [
                             *         1,
                             *         2,
                             *         3
                             *       ]
                             *     }
                             */
                            params: unknown;
                        };
                        response: {
                            /**
                             * @description What it answers then.
                             * @example {
                             *       "value": 6
                             *     }
                             */
                            result: unknown;
                        };
                    }[];
                    limits?: {
                        /** @example 128 */
                        memory_mb?: number;
                        /** @example 30000 */
                        timeout_ms?: number;
                        /** @example 65536 */
                        output_bytes?: number;
                    };
                    /**
                     * @description Environment variables.
                     * @example {
                     *       "LOG_LEVEL": "debug"
                     *     }
                     */
                    environment?: {
                        [key: string]: string;
                    };
                    /**
                     * @description Environment variables that are kept sealed and never shown; absent: those of before.
                     * @example {
                     *       "LOG_LEVEL": "debug"
                     *     }
                     */
                    secrets?: {
                        [key: string]: string;
                    };
                    /** @description Whether results may be kept; default true. */
                    cacheable?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example nodejs */
                        language: string;
                        /** @example calculator */
                        title: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /** @example 基本的な計算機能を提供 */
                        description: string;
                        /**
                         * Format: date-time
                         * @description When it was first published.
                         * @example 2025-05-13T10:28:22Z
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description When last what calls get has changed.
                         * @example 2025-05-13T10:28:22Z
                         */
                        updated_at: string;
                        schema: {
                            /** @description JSON Schema (draft 2020-12, or draft-07 with $schema) of the params. */
                            params?: {
                                [key: string]: unknown;
                            };
                            /** @description JSON Schema of the result. */
                            result?: {
                                [key: string]: unknown;
                            };
                        };
                        examples: {
                            description?: string;
                            request: {
                                /**
                                 * @description For the handler; any JSON.
                                 * @example {
                                 *       "operation": "add",
                                 *       "values": [
                                 *         1,
                                 *         2,
                                 *         3
                                 *       ]
                                 *     }
                                 */
                                params: unknown;
                            };
                            response: {
                                /**
                                 * @description What it answers then.
                                 * @example {
                                 *       "value": 6
                                 *     }
                                 */
                                result: unknown;
                            };
                        }[];
                        /** @example 3 */
                        version: number;
                        /**
                         * @description Of everything but the secrets.
                         * @example sha256:9f86d0…
                         */
                        digest: string;
                        /**
                         * @example {
                         *       "current": 3,
                         *       "stable": 2
                         *     }
                         */
                        aliases: {
                            [key: string]: number;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    deleteFunction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    listFunctionVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /** @example 3 */
                        current_version: number;
                        /**
                         * @example {
                         *       "current": 3,
                         *       "stable": 2
                         *     }
                         */
                        aliases: {
                            [key: string]: number;
                        };
                        versions: {
                            /** @example 3 */
                            version: number;
                            /**
                             * @description Of everything but the secrets.
                             * @example sha256:9f86d0…
                             */
                            digest: string;
                            /** @example 基本的な計算機能を提供 */
                            description: string;
                            limits: {
                                /** @example 128 */
                                memory_mb?: number;
                                /** @example 30000 */
                                timeout_ms?: number;
                                /** @example 65536 */
                                output_bytes?: number;
                            };
                            cacheable: boolean;
                            /** @description Names. */
                            environment: string[];
                            /** @description Names. */
                            secrets: string[];
                            /** @example user:ann */
                            created_by: string;
                            /**
                             * Format: date-time
                             * @description When it was published.
                             * @example 2025-05-13T10:28:22Z
                             */
                            created_at: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    getFunctionLogs: {
        parameters: {
            query?: {
                /** @description The newest so many of those asked for. */
                limit?: number;
                /**
                 * @description Only executions that began at this time or later. RFC 3339, or epoch seconds.
                 * @example 2030-01-31T12:00:00Z
                 */
                since?: string;
                /**
                 * @description Only executions that began before this time. RFC 3339, or epoch seconds.
                 * @example 2030-01-31T12:00:00Z
                 */
                until?: string;
                /**
                 * @description Only those of the session, or the call, with this id.
                 * @example f8c3de3d-1234-5678-9abc-def012345678
                 */
                request_id?: string;
                /**
                 * @description ok, or the code of an error.
                 * @example TIMEOUT
                 */
                status?: string;
            };
            header?: never;
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /** @description The newest 200 of each function are kept, newest first. */
                        logs: {
                            /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                            request_id: string;
                            /** @example 3 */
                            version: number;
                            /**
                             * @description Who executed it.
                             * @example user:ann
                             */
                            subject: string;
                            /**
                             * Format: date-time
                             * @description When it began.
                             * @example 2025-05-13T10:28:22Z
                             */
                            at: string;
                            /** @example 0.4 */
                            duration_ms: number;
                            /**
                             * @description ok, or the code of the error.
                             * @example ok
                             */
                            status: string;
                            message?: string;
                            stdout: string;
                            stderr: string;
                            /**
                             * @description Of the output, not kept.
                             * @example 0
                             */
                            dropped_bytes: number;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    setFunctionAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
                /** @example stable */
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example 3 */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example nodejs */
                        language: string;
                        /** @example calculator */
                        title: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /** @example 基本的な計算機能を提供 */
                        description: string;
                        /**
                         * Format: date-time
                         * @description When it was first published.
                         * @example 2025-05-13T10:28:22Z
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description When last what calls get has changed.
                         * @example 2025-05-13T10:28:22Z
                         */
                        updated_at: string;
                        schema: {
                            /** @description JSON Schema (draft 2020-12, or draft-07 with $schema) of the params. */
                            params?: {
                                [key: string]: unknown;
                            };
                            /** @description JSON Schema of the result. */
                            result?: {
                                [key: string]: unknown;
                            };
                        };
                        examples: {
                            description?: string;
                            request: {
                                /**
                                 * @description For the handler; any JSON.
                                 * @example {
                                 *       "operation": "add",
                                 *       "values": [
                                 *         1,
                                 *         2,
                                 *         3
                                 *       ]
                                 *     }
                                 */
                                params: unknown;
                            };
                            response: {
                                /**
                                 * @description What it answers then.
                                 * @example {
                                 *       "value": 6
                                 *     }
                                 */
                                result: unknown;
                            };
                        }[];
                        /** @example 3 */
                        version: number;
                        /**
                         * @description Of everything but the secrets.
                         * @example sha256:9f86d0…
                         */
                        digest: string;
                        /**
                         * @example {
                         *       "current": 3,
                         *       "stable": 2
                         *     }
                         */
                        aliases: {
                            [key: string]: number;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    deleteFunctionAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
                /** @example stable */
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example nodejs */
                        language: string;
                        /** @example calculator */
                        title: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /** @example 基本的な計算機能を提供 */
                        description: string;
                        /**
                         * Format: date-time
                         * @description When it was first published.
                         * @example 2025-05-13T10:28:22Z
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description When last what calls get has changed.
                         * @example 2025-05-13T10:28:22Z
                         */
                        updated_at: string;
                        schema: {
                            /** @description JSON Schema (draft 2020-12, or draft-07 with $schema) of the params. */
                            params?: {
                                [key: string]: unknown;
                            };
                            /** @description JSON Schema of the result. */
                            result?: {
                                [key: string]: unknown;
                            };
                        };
                        examples: {
                            description?: string;
                            request: {
                                /**
                                 * @description For the handler; any JSON.
                                 * @example {
                                 *       "operation": "add",
                                 *       "values": [
                                 *         1,
                                 *         2,
                                 *         3
                                 *       ]
                                 *     }
                                 */
                                params: unknown;
                            };
                            response: {
                                /**
                                 * @description What it answers then.
                                 * @example {
                                 *       "value": 6
                                 *     }
                                 */
                                result: unknown;
                            };
                        }[];
                        /** @example 3 */
                        version: number;
                        /**
                         * @description Of everything but the secrets.
                         * @example sha256:9f86d0…
                         */
                        digest: string;
                        /**
                         * @example {
                         *       "current": 3,
                         *       "stable": 2
                         *     }
                         */
                        aliases: {
                            [key: string]: number;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    rollBackFunction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                 * @example nodejs-calculator
                 */
                language_title: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": null | {
                    /** @example 3 */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example nodejs */
                        language: string;
                        /** @example calculator */
                        title: string;
                        /**
                         * @description <language>-<title>; where a function is called also <language>-<title>:<version or alias>.
                         * @example nodejs-calculator
                         */
                        language_title: string;
                        /** @example 基本的な計算機能を提供 */
                        description: string;
                        /**
                         * Format: date-time
                         * @description When it was first published.
                         * @example 2025-05-13T10:28:22Z
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description When last what calls get has changed.
                         * @example 2025-05-13T10:28:22Z
                         */
                        updated_at: string;
                        schema: {
                            /** @description JSON Schema (draft 2020-12, or draft-07 with $schema) of the params. */
                            params?: {
                                [key: string]: unknown;
                            };
                            /** @description JSON Schema of the result. */
                            result?: {
                                [key: string]: unknown;
                            };
                        };
                        examples: {
                            description?: string;
                            request: {
                                /**
                                 * @description For the handler; any JSON.
                                 * @example {
                                 *       "operation": "add",
                                 *       "values": [
                                 *         1,
                                 *         2,
                                 *         3
                                 *       ]
                                 *     }
                                 */
                                params: unknown;
                            };
                            response: {
                                /**
                                 * @description What it answers then.
                                 * @example {
                                 *       "value": 6
                                 *     }
                                 */
                                result: unknown;
                            };
                        }[];
                        /** @example 3 */
                        version: number;
                        /**
                         * @description Of everything but the secrets.
                         * @example sha256:9f86d0…
                         */
                        digest: string;
                        /**
                         * @example {
                         *       "current": 3,
                         *       "stable": 2
                         *     }
                         */
                        aliases: {
                            [key: string]: number;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example f8c3de3d-1234-5678-9abc-def012345678 */
                        request_id?: string;
                        error: {
                            /** @example INVALID_PARAMS */
                            code: string;
                            /** @description What is wrong, and what to do about it. */
                            message: string;
                            /** @description line, column and stack_trace in the source of the function; errors: what is wrong with params, by path. */
                            details: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
    };
    executeProgram: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description A name or an alias of `GET /api/v2/runtimes`.
                     * @example python
                     */
                    language: string;
                    /**
                     * @description A version, or a range of versions.
                     * @example 3.x
                     * @example *
                     */
                    version: string;
                    /** @description The first in utf8 is run. */
                    files: {
                        /** @example main.py */
                        name?: string;
                        /**
                         * @description The file, in its encoding.
                         * @example print(input())
                         */
                        content: string;
                        /**
                         * @example utf8
                         * @enum {unknown}
                         */
                        encoding?: "utf8" | "base64" | "hex";
                    }[];
                    /**
                     * @description Standard input.
                     * @example hello
                     */
                    stdin?: string;
                    /** @description Arguments of the program. */
                    args?: string[];
                    /** @description How long it may run; 3000 unless told, in milliseconds. */
                    run_timeout?: number;
                    /** @description How long compiling may take; no language here is compiled, in milliseconds. */
                    compile_timeout?: number;
                    /** @description How long it may use the processor; as run_timeout unless told, in milliseconds. */
                    run_cpu_time?: number;
                    /** @description How long compiling may use the processor, in milliseconds. */
                    compile_cpu_time?: number;
                    /** @description What the program may use, in bytes; -1: the usual. */
                    run_memory_limit?: number;
                    /** @description What compiling may use, in bytes; -1: the usual. */
                    compile_memory_limit?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Piston's name of it.
                         * @example python
                         */
                        language: string;
                        /**
                         * @description What ran.
                         * @example 3.11.2
                         */
                        version: string;
                        run: {
                            stdout: string;
                            stderr: string;
                            /** @description Both, in the order in which they came. */
                            output: string;
                            code: null | number;
                            signal: null | string;
                            message: null | string;
                            status: null | ("RE" | "SG" | "TO" | "OL" | "EL" | "XX");
                            cpu_time: null | number;
                            wall_time: null | number;
                            memory: null | number;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
        };
    };
    listProgramRuntimes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Piston's name of it.
                         * @example javascript
                         */
                        language: string;
                        /**
                         * @description Its version.
                         * @example 20.19.1
                         */
                        version: string;
                        /**
                         * @example [
                         *       "js"
                         *     ]
                         */
                        aliases: string[];
                        /**
                         * @description Where a language has several.
                         * @example node
                         */
                        runtime?: string;
                    }[];
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
        };
    };
    lambdaListFunctions: {
        parameters: {
            query?: {
                /** @description As the page before said. */
                Marker?: string;
                MaxItems?: number;
                FunctionVersion?: "ALL";
                MasterRegion?: unknown;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Functions: {
                            /**
                             * @description A name, a part of an ARN or a whole one.
                             * @example MyFunction
                             */
                            FunctionName: string;
                            FunctionArn: string;
                            /** @example nodejs20.x */
                            Runtime: string;
                            Role: string;
                            /** @example index.handler */
                            Handler: string;
                            CodeSize: number;
                            Description: string;
                            /** @description Seconds. */
                            Timeout: number;
                            /** @description MiB. */
                            MemorySize: number;
                            /** @example 2026-01-02T03:04:05.678+0000 */
                            LastModified: string;
                            CodeSha256: string;
                            /** @example $LATEST */
                            Version: string;
                            RevisionId: string;
                            /** @constant */
                            State: "Active";
                            /** @constant */
                            LastUpdateStatus: "Successful";
                            /** @constant */
                            PackageType: "Zip";
                            Architectures: string[];
                            Environment?: {
                                Variables: {
                                    [key: string]: string;
                                };
                            };
                            TracingConfig?: {
                                [key: string]: unknown;
                            };
                            EphemeralStorage?: {
                                [key: string]: unknown;
                            };
                            LoggingConfig?: {
                                [key: string]: unknown;
                            };
                            SnapStart?: {
                                [key: string]: unknown;
                            };
                        }[];
                        NextMarker?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaCreateFunction: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example arn:aws:iam::000000000000:role/any */
                    Role?: string;
                    /** @example index.handler */
                    Handler?: string;
                    /**
                     * @example nodejs20.x
                     * @example python3.11
                     */
                    Runtime?: string;
                    Description?: string;
                    /** @description Seconds; 3 unless told. */
                    Timeout?: number;
                    /** @description MiB; 128 unless told. */
                    MemorySize?: number;
                    Environment?: {
                        Variables?: {
                            [key: string]: string;
                        };
                    };
                    TracingConfig?: {
                        [key: string]: unknown;
                    };
                    EphemeralStorage?: {
                        [key: string]: unknown;
                    };
                    LoggingConfig?: {
                        [key: string]: unknown;
                    };
                    SnapStart?: {
                        [key: string]: unknown;
                    };
                    Layers?: unknown;
                    VpcConfig?: unknown;
                    ImageConfig?: unknown;
                    FileSystemConfigs?: unknown;
                    DeadLetterConfig?: unknown;
                    KMSKeyArn?: unknown;
                    CodeSigningConfigArn?: unknown;
                    CapacityProviderConfig?: unknown;
                    DurableConfig?: unknown;
                    TenancyConfig?: unknown;
                    /**
                     * @description A name, a part of an ARN or a whole one.
                     * @example MyFunction
                     */
                    FunctionName: string;
                    /** @description ZipFile only. */
                    Code: {
                        /** @description A zip archive in base64. */
                        ZipFile?: string;
                    };
                    /** @constant */
                    PackageType?: "Zip";
                    Publish?: boolean;
                    Tags?: {
                        [key: string]: string;
                    };
                    Architectures?: string[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description A name, a part of an ARN or a whole one.
                         * @example MyFunction
                         */
                        FunctionName: string;
                        FunctionArn: string;
                        /** @example nodejs20.x */
                        Runtime: string;
                        Role: string;
                        /** @example index.handler */
                        Handler: string;
                        CodeSize: number;
                        Description: string;
                        /** @description Seconds. */
                        Timeout: number;
                        /** @description MiB. */
                        MemorySize: number;
                        /** @example 2026-01-02T03:04:05.678+0000 */
                        LastModified: string;
                        CodeSha256: string;
                        /** @example $LATEST */
                        Version: string;
                        RevisionId: string;
                        /** @constant */
                        State: "Active";
                        /** @constant */
                        LastUpdateStatus: "Successful";
                        /** @constant */
                        PackageType: "Zip";
                        Architectures: string[];
                        Environment?: {
                            Variables: {
                                [key: string]: string;
                            };
                        };
                        TracingConfig?: {
                            [key: string]: unknown;
                        };
                        EphemeralStorage?: {
                            [key: string]: unknown;
                        };
                        LoggingConfig?: {
                            [key: string]: unknown;
                        };
                        SnapStart?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaGetFunction: {
        parameters: {
            query?: {
                Qualifier?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Configuration: {
                            /**
                             * @description A name, a part of an ARN or a whole one.
                             * @example MyFunction
                             */
                            FunctionName: string;
                            FunctionArn: string;
                            /** @example nodejs20.x */
                            Runtime: string;
                            Role: string;
                            /** @example index.handler */
                            Handler: string;
                            CodeSize: number;
                            Description: string;
                            /** @description Seconds. */
                            Timeout: number;
                            /** @description MiB. */
                            MemorySize: number;
                            /** @example 2026-01-02T03:04:05.678+0000 */
                            LastModified: string;
                            CodeSha256: string;
                            /** @example $LATEST */
                            Version: string;
                            RevisionId: string;
                            /** @constant */
                            State: "Active";
                            /** @constant */
                            LastUpdateStatus: "Successful";
                            /** @constant */
                            PackageType: "Zip";
                            Architectures: string[];
                            Environment?: {
                                Variables: {
                                    [key: string]: string;
                                };
                            };
                            TracingConfig?: {
                                [key: string]: unknown;
                            };
                            EphemeralStorage?: {
                                [key: string]: unknown;
                            };
                            LoggingConfig?: {
                                [key: string]: unknown;
                            };
                            SnapStart?: {
                                [key: string]: unknown;
                            };
                        };
                        Code: {
                            /** @constant */
                            RepositoryType: "Longshore";
                        };
                        Tags: {
                            [key: string]: string;
                        };
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaDeleteFunction: {
        parameters: {
            query?: {
                Qualifier?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaGetFunctionConfiguration: {
        parameters: {
            query?: {
                Qualifier?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description A name, a part of an ARN or a whole one.
                         * @example MyFunction
                         */
                        FunctionName: string;
                        FunctionArn: string;
                        /** @example nodejs20.x */
                        Runtime: string;
                        Role: string;
                        /** @example index.handler */
                        Handler: string;
                        CodeSize: number;
                        Description: string;
                        /** @description Seconds. */
                        Timeout: number;
                        /** @description MiB. */
                        MemorySize: number;
                        /** @example 2026-01-02T03:04:05.678+0000 */
                        LastModified: string;
                        CodeSha256: string;
                        /** @example $LATEST */
                        Version: string;
                        RevisionId: string;
                        /** @constant */
                        State: "Active";
                        /** @constant */
                        LastUpdateStatus: "Successful";
                        /** @constant */
                        PackageType: "Zip";
                        Architectures: string[];
                        Environment?: {
                            Variables: {
                                [key: string]: string;
                            };
                        };
                        TracingConfig?: {
                            [key: string]: unknown;
                        };
                        EphemeralStorage?: {
                            [key: string]: unknown;
                        };
                        LoggingConfig?: {
                            [key: string]: unknown;
                        };
                        SnapStart?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaUpdateFunctionConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example arn:aws:iam::000000000000:role/any */
                    Role?: string;
                    /** @example index.handler */
                    Handler?: string;
                    /**
                     * @example nodejs20.x
                     * @example python3.11
                     */
                    Runtime?: string;
                    Description?: string;
                    /** @description Seconds; 3 unless told. */
                    Timeout?: number;
                    /** @description MiB; 128 unless told. */
                    MemorySize?: number;
                    Environment?: {
                        Variables?: {
                            [key: string]: string;
                        };
                    };
                    TracingConfig?: {
                        [key: string]: unknown;
                    };
                    EphemeralStorage?: {
                        [key: string]: unknown;
                    };
                    LoggingConfig?: {
                        [key: string]: unknown;
                    };
                    SnapStart?: {
                        [key: string]: unknown;
                    };
                    Layers?: unknown;
                    VpcConfig?: unknown;
                    ImageConfig?: unknown;
                    FileSystemConfigs?: unknown;
                    DeadLetterConfig?: unknown;
                    KMSKeyArn?: unknown;
                    CodeSigningConfigArn?: unknown;
                    CapacityProviderConfig?: unknown;
                    DurableConfig?: unknown;
                    TenancyConfig?: unknown;
                    RevisionId?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description A name, a part of an ARN or a whole one.
                         * @example MyFunction
                         */
                        FunctionName: string;
                        FunctionArn: string;
                        /** @example nodejs20.x */
                        Runtime: string;
                        Role: string;
                        /** @example index.handler */
                        Handler: string;
                        CodeSize: number;
                        Description: string;
                        /** @description Seconds. */
                        Timeout: number;
                        /** @description MiB. */
                        MemorySize: number;
                        /** @example 2026-01-02T03:04:05.678+0000 */
                        LastModified: string;
                        CodeSha256: string;
                        /** @example $LATEST */
                        Version: string;
                        RevisionId: string;
                        /** @constant */
                        State: "Active";
                        /** @constant */
                        LastUpdateStatus: "Successful";
                        /** @constant */
                        PackageType: "Zip";
                        Architectures: string[];
                        Environment?: {
                            Variables: {
                                [key: string]: string;
                            };
                        };
                        TracingConfig?: {
                            [key: string]: unknown;
                        };
                        EphemeralStorage?: {
                            [key: string]: unknown;
                        };
                        LoggingConfig?: {
                            [key: string]: unknown;
                        };
                        SnapStart?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaUpdateFunctionCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A zip archive in base64. */
                    ZipFile?: string;
                    Publish?: boolean;
                    DryRun?: boolean;
                    RevisionId?: string;
                    Architectures?: string[];
                    S3Bucket?: unknown;
                    S3Key?: unknown;
                    S3ObjectVersion?: unknown;
                    ImageUri?: unknown;
                    SourceKMSKeyArn?: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description A name, a part of an ARN or a whole one.
                         * @example MyFunction
                         */
                        FunctionName: string;
                        FunctionArn: string;
                        /** @example nodejs20.x */
                        Runtime: string;
                        Role: string;
                        /** @example index.handler */
                        Handler: string;
                        CodeSize: number;
                        Description: string;
                        /** @description Seconds. */
                        Timeout: number;
                        /** @description MiB. */
                        MemorySize: number;
                        /** @example 2026-01-02T03:04:05.678+0000 */
                        LastModified: string;
                        CodeSha256: string;
                        /** @example $LATEST */
                        Version: string;
                        RevisionId: string;
                        /** @constant */
                        State: "Active";
                        /** @constant */
                        LastUpdateStatus: "Successful";
                        /** @constant */
                        PackageType: "Zip";
                        Architectures: string[];
                        Environment?: {
                            Variables: {
                                [key: string]: string;
                            };
                        };
                        TracingConfig?: {
                            [key: string]: unknown;
                        };
                        EphemeralStorage?: {
                            [key: string]: unknown;
                        };
                        LoggingConfig?: {
                            [key: string]: unknown;
                        };
                        SnapStart?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaListVersionsByFunction: {
        parameters: {
            query?: {
                /** @description As the page before said. */
                Marker?: string;
                MaxItems?: number;
            };
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Versions: {
                            /**
                             * @description A name, a part of an ARN or a whole one.
                             * @example MyFunction
                             */
                            FunctionName: string;
                            FunctionArn: string;
                            /** @example nodejs20.x */
                            Runtime: string;
                            Role: string;
                            /** @example index.handler */
                            Handler: string;
                            CodeSize: number;
                            Description: string;
                            /** @description Seconds. */
                            Timeout: number;
                            /** @description MiB. */
                            MemorySize: number;
                            /** @example 2026-01-02T03:04:05.678+0000 */
                            LastModified: string;
                            CodeSha256: string;
                            /** @example $LATEST */
                            Version: string;
                            RevisionId: string;
                            /** @constant */
                            State: "Active";
                            /** @constant */
                            LastUpdateStatus: "Successful";
                            /** @constant */
                            PackageType: "Zip";
                            Architectures: string[];
                            Environment?: {
                                Variables: {
                                    [key: string]: string;
                                };
                            };
                            TracingConfig?: {
                                [key: string]: unknown;
                            };
                            EphemeralStorage?: {
                                [key: string]: unknown;
                            };
                            LoggingConfig?: {
                                [key: string]: unknown;
                            };
                            SnapStart?: {
                                [key: string]: unknown;
                            };
                        }[];
                        NextMarker?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaPublishVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": null | {
                    CodeSha256?: string;
                    Description?: string;
                    RevisionId?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description A name, a part of an ARN or a whole one.
                         * @example MyFunction
                         */
                        FunctionName: string;
                        FunctionArn: string;
                        /** @example nodejs20.x */
                        Runtime: string;
                        Role: string;
                        /** @example index.handler */
                        Handler: string;
                        CodeSize: number;
                        Description: string;
                        /** @description Seconds. */
                        Timeout: number;
                        /** @description MiB. */
                        MemorySize: number;
                        /** @example 2026-01-02T03:04:05.678+0000 */
                        LastModified: string;
                        CodeSha256: string;
                        /** @example $LATEST */
                        Version: string;
                        RevisionId: string;
                        /** @constant */
                        State: "Active";
                        /** @constant */
                        LastUpdateStatus: "Successful";
                        /** @constant */
                        PackageType: "Zip";
                        Architectures: string[];
                        Environment?: {
                            Variables: {
                                [key: string]: string;
                            };
                        };
                        TracingConfig?: {
                            [key: string]: unknown;
                        };
                        EphemeralStorage?: {
                            [key: string]: unknown;
                        };
                        LoggingConfig?: {
                            [key: string]: unknown;
                        };
                        SnapStart?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaListAliases: {
        parameters: {
            query?: {
                /** @example 3 */
                FunctionVersion?: string;
                /** @description As the page before said. */
                Marker?: string;
                MaxItems?: number;
            };
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Aliases: {
                            AliasArn: string;
                            /** @example live */
                            Name: string;
                            /** @example 3 */
                            FunctionVersion: string;
                            Description: string;
                            RevisionId: string;
                        }[];
                        NextMarker?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaCreateAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example live */
                    Name: string;
                    /** @example 3 */
                    FunctionVersion: string;
                    Description?: string;
                    RoutingConfig?: null | {
                        AdditionalVersionWeights?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        AliasArn: string;
                        /** @example live */
                        Name: string;
                        /** @example 3 */
                        FunctionVersion: string;
                        Description: string;
                        RevisionId: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaGetAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
                /** @example live */
                Name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        AliasArn: string;
                        /** @example live */
                        Name: string;
                        /** @example 3 */
                        FunctionVersion: string;
                        Description: string;
                        RevisionId: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaUpdateAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
                /** @example live */
                Name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example 3 */
                    FunctionVersion?: string;
                    RevisionId?: string;
                    Description?: string;
                    RoutingConfig?: null | {
                        AdditionalVersionWeights?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        AliasArn: string;
                        /** @example live */
                        Name: string;
                        /** @example 3 */
                        FunctionVersion: string;
                        Description: string;
                        RevisionId: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaDeleteAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
                /** @example live */
                Name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    lambdaInvoke: {
        parameters: {
            query?: {
                Qualifier?: string;
            };
            header?: {
                "x-amz-invocation-type"?: "RequestResponse" | "Event" | "DryRun";
                "x-amz-log-type"?: "None" | "Tail";
                "x-amz-client-context"?: string;
            };
            path: {
                /**
                 * @description A name, a part of an ARN or a whole one.
                 * @example MyFunction
                 */
                FunctionName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the handler answered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
            /** @description A refusal; its name is in x-amzn-errortype. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Type: string;
                        Message: string;
                        message: string;
                        Reason?: string;
                    };
                };
            };
        };
    };
    listContainers: {
        parameters: {
            query?: {
                /** @description One status or several with commas; also stopped and all. */
                status?: string;
                limit?: number;
                offset?: number;
                /** @description A part of the name. */
                name?: string;
                /** @description name or name=value; several times for all of them. */
                label?: string;
                /** @description Reference or id. */
                image?: string;
                /** @description A part of the name, the image or the id. */
                q?: string;
                /** @description created, name, status or image; -created for descending. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            total: number;
                            items: ({
                                /** @description 64 hexadecimal digits. */
                                id: string;
                                name: string;
                                /**
                                 * @description created, running, paused, restarting, removing, exited or dead.
                                 * @example running
                                 */
                                status: string;
                                /**
                                 * @description As it was given.
                                 * @example nginx:latest
                                 */
                                image: string;
                                /**
                                 * Format: date-time
                                 * @example 2025-04-17T14:30:00Z
                                 */
                                created_at: string;
                                /** @description The task of the ECS API that it is a container of. */
                                task: {
                                    arn: string;
                                    cluster: string | null;
                                    /** @description <family>:<revision> */
                                    definition: string | null;
                                    /** @description Its name in the task definition. */
                                    container: string;
                                } | null;
                            } & {
                                [key: string]: unknown;
                            })[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    createContainer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Fetched where it is not there, unless pull says otherwise.
                     * @example nginx:latest
                     */
                    image: string;
                    /** @description Two or more letters, digits, _, . and -. */
                    name?: string;
                    /**
                     * @description By <port>/<protocol>: a port of this machine, null for a free one, an address and port, or a list.
                     * @example {
                     *       "80/tcp": 8080
                     *     }
                     */
                    ports?: unknown;
                    /**
                     * @description By name, or a list of NAME=value.
                     * @example {
                     *       "KEY": "value"
                     *     }
                     */
                    environment?: unknown;
                    /**
                     * @description Directories under --host-path, or volumes by name.
                     * @example [
                     *       {
                     *         "host_path": "/path/on/host",
                     *         "container_path": "/path/in/container"
                     *       }
                     *     ]
                     */
                    volumes?: unknown;
                    /** @description A list, or one line. */
                    command?: unknown;
                    /** @description A list, or one line. */
                    entrypoint?: unknown;
                    labels?: {
                        [key: string]: string;
                    };
                    /** @description no, always, unless-stopped, on-failure or on-failure:<times>. */
                    restart_policy?: unknown;
                    /** @description Bytes, or text such as 512m. */
                    memory_limit?: unknown;
                    /** @description Cores, with fractions. */
                    cpu_limit?: number;
                    /** @description missing (default), always or never. */
                    pull?: string;
                    /**
                     * @description Start it too.
                     * @default false
                     */
                    start?: boolean;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            /** @description 64 hexadecimal digits. */
                            id: string;
                            name: string;
                            /**
                             * @description created, running, paused, restarting, removing, exited or dead.
                             * @example running
                             */
                            status: string;
                            /**
                             * @description As it was given.
                             * @example nginx:latest
                             */
                            image: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            created_at: string;
                            /** @description The task of the ECS API that it is a container of. */
                            task: {
                                arn: string;
                                cluster: string | null;
                                /** @description <family>:<revision> */
                                definition: string | null;
                                /** @description Its name in the task definition. */
                                container: string;
                            } | null;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getContainer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            /** @description 64 hexadecimal digits. */
                            id: string;
                            name: string;
                            /**
                             * @description created, running, paused, restarting, removing, exited or dead.
                             * @example running
                             */
                            status: string;
                            /**
                             * @description As it was given.
                             * @example nginx:latest
                             */
                            image: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            created_at: string;
                            /** @description The task of the ECS API that it is a container of. */
                            task: {
                                arn: string;
                                cluster: string | null;
                                /** @description <family>:<revision> */
                                definition: string | null;
                                /** @description Its name in the task definition. */
                                container: string;
                            } | null;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    deleteContainer: {
        parameters: {
            query?: {
                /** @description Also one that runs, or that belongs to a task. */
                force?: boolean;
                /** @description With its volumes that have no name. */
                volumes?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            removed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    updateContainer: {
        parameters: {
            query?: {
                /** @description Also a container of a task, which decides over it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Bytes, or text such as 512m; 0 for none. */
                    memory_limit?: unknown;
                    cpu_limit?: number;
                    /** @description no, always, unless-stopped, on-failure or on-failure:<times>. */
                    restart_policy?: unknown;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            /** @description 64 hexadecimal digits. */
                            id: string;
                            name: string;
                            /**
                             * @description created, running, paused, restarting, removing, exited or dead.
                             * @example running
                             */
                            status: string;
                            /**
                             * @description As it was given.
                             * @example nginx:latest
                             */
                            image: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            created_at: string;
                            /** @description The task of the ECS API that it is a container of. */
                            task: {
                                arn: string;
                                cluster: string | null;
                                /** @description <family>:<revision> */
                                definition: string | null;
                                /** @description Its name in the task definition. */
                                container: string;
                            } | null;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    startContainer: {
        parameters: {
            query?: {
                /** @description Also a container of a task, which decides over it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            status: string;
                            /** @description False where it was so already. */
                            changed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    stopContainer: {
        parameters: {
            query?: {
                /** @description Seconds until SIGKILL. */
                timeout?: number;
                /** @description In place of the container's own stop signal. */
                signal?: string;
                /** @description Also a container of a task, which decides over it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            status: string;
                            /** @description False where it was so already. */
                            changed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    restartContainer: {
        parameters: {
            query?: {
                /** @description Seconds until SIGKILL. */
                timeout?: number;
                /** @description In place of the container's own stop signal. */
                signal?: string;
                /** @description Also a container of a task, which decides over it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            status: string;
                            /** @description False where it was so already. */
                            changed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    killContainer: {
        parameters: {
            query?: {
                /** @description SIGKILL unless told. */
                signal?: string;
                /** @description Also a container of a task, which decides over it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            status: string;
                            /** @description False where it was so already. */
                            changed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    pauseContainer: {
        parameters: {
            query?: {
                /** @description Also a container of a task, which decides over it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            status: string;
                            /** @description False where it was so already. */
                            changed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    unpauseContainer: {
        parameters: {
            query?: {
                /** @description Also a container of a task, which decides over it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            status: string;
                            /** @description False where it was so already. */
                            changed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    renameContainer: {
        parameters: {
            query?: {
                /** @description Also a container of a task, which decides over it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Two or more letters, digits, _, . and -. */
                    name: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            status: string;
                            /** @description False where it was so already. */
                            changed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    listProcesses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            titles: string[];
                            processes: string[][];
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    execContainer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description A list of words, or one line, which is split as a shell would and not expanded.
                     * @example [
                     *       "ls",
                     *       "-l"
                     *     ]
                     */
                    command: unknown;
                    /** @description By name, or a list of NAME=value. */
                    environment?: unknown;
                    /** @description user, user:group, uid or uid:gid. */
                    user?: string;
                    /** @description An absolute path in the container. */
                    working_dir?: string;
                    /** @description What the command reads. */
                    input?: string;
                    /**
                     * @description Seconds; then it is ended.
                     * @default 60
                     */
                    timeout?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            /** @description Null where its time was over. */
                            exit_code: number | null;
                            timed_out: boolean;
                            stdout: string;
                            stderr: string;
                            /** @description It wrote more than is told here. */
                            truncated: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    recreateContainer: {
        parameters: {
            query?: {
                /** @description Only tell what would change, and in which order. */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Another image, or another tag. */
                    image?: string;
                    /**
                     * @description By <port>/<protocol>: a port of this machine, null for a free one, an address and port, or a list.
                     * @example {
                     *       "80/tcp": 8080
                     *     }
                     */
                    ports?: unknown;
                    /**
                     * @description By name, or a list of NAME=value.
                     * @example {
                     *       "KEY": "value"
                     *     }
                     */
                    environment?: unknown;
                    /**
                     * @description Directories under --host-path, or volumes by name.
                     * @example [
                     *       {
                     *         "host_path": "/path/on/host",
                     *         "container_path": "/path/in/container"
                     *       }
                     *     ]
                     */
                    volumes?: unknown;
                    /** @description A list, or one line. */
                    command?: unknown;
                    /** @description A list, or one line. */
                    entrypoint?: unknown;
                    labels?: {
                        [key: string]: string;
                    };
                    /** @description no, always, unless-stopped, on-failure or on-failure:<times>. */
                    restart_policy?: unknown;
                    /** @description Bytes, or text such as 512m. */
                    memory_limit?: unknown;
                    /** @description Cores, with fractions. */
                    cpu_limit?: number;
                    /** @description missing (default), always or never. */
                    pull?: string;
                    /** @description Whether it runs afterwards; as before unless told. */
                    start?: boolean;
                    /** @description start-first: both run for a while. stop-first: the old one stops before. Absent: start-first, unless both would publish a port or write to the same volume. */
                    order?: string;
                    /**
                     * @description Volumes without a name begin empty.
                     * @default false
                     */
                    renew_anonymous_volumes?: boolean;
                    /**
                     * @description How long one without a health check has to run.
                     * @default 3
                     */
                    stable_seconds?: number;
                    /** @description How long one with a health check has to become healthy. */
                    timeout_seconds?: number;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 202;
                        /** @constant */
                        message: "accepted";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getContainerLogs: {
        parameters: {
            query?: {
                /** @description Only the last so many lines, at most 10000, or all. 100 where no start is given. */
                tail?: unknown;
                /** @description A time, seconds since 1970, how long ago (10m), or the next_since of an answer. */
                since?: string;
                /** @description A time as since; not included. */
                until?: string;
                /** @description Go on, as NDJSON or server-sent events. */
                follow?: boolean;
                stdout?: boolean;
                stderr?: boolean;
                /** @description Only lines of these levels, with commas: fatal, error, warn, info, debug, trace, unknown. */
                level?: string;
                /** @description A part of the message, in any case. */
                search?: string;
                /** @description json or text. */
                format?: string;
                /** @description Of text: the time before each line. */
                timestamps?: boolean;
                /** @description As a file. */
                download?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            total: number;
                            items: ({
                                timestamp: string;
                                /** @description stdout or stderr. */
                                stream: string;
                                /** @description unknown where the line does not tell it. */
                                level: string;
                                message: string;
                                /** @description As since: begins with the next line. */
                                cursor: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                            /** @description There are more lines than fit in one answer. */
                            more: boolean;
                            /** @description As since of the next request: what follows, no line lost or doubled. */
                            next_since: string;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    listImages: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                /** @description Only those without a tag, or only those with one. */
                dangling?: boolean;
                /** @description A reference, with or without a tag; * stands for any part of a name. */
                name?: string;
                /** @description A part of a tag or of the id. */
                q?: string;
                /** @description name or name=value. */
                label?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            total: number;
                            items: ({
                                /** @description sha256:… */
                                id: string;
                                name: string;
                                tag: string;
                                tags: string[];
                                /** @description Bytes. */
                                size: number;
                                /**
                                 * Format: date-time
                                 * @example 2025-04-17T14:30:00Z
                                 */
                                created_at: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    pullImage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description With or without registry, tag and digest.
                     * @example nginx
                     */
                    name: string;
                    /** @description Goes before the one in the name; latest where there is none. */
                    tag?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            tag: string;
                            digest: string;
                            status: string;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 202;
                        /** @constant */
                        message: "accepted";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getImage: {
        parameters: {
            query?: {
                /** @description Ask the registry again, though what it said is not old. */
                refresh?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Id or reference; slashes as they are.
                 * @example nginx:latest
                 */
                image_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    changeImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or reference; slashes as they are.
                 * @example nginx:latest
                 */
                image_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description With or without registry and tag. */
                    name: string;
                    /** @description Goes before the one in the name. */
                    tag?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 202;
                        /** @constant */
                        message: "accepted";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    deleteImage: {
        parameters: {
            query?: {
                force?: boolean;
                /** @description Keep parents without a tag. */
                noprune?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Id or reference; slashes as they are.
                 * @example nginx:latest
                 */
                image_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            untagged: string[];
                            deleted: string[];
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    saveImages: {
        parameters: {
            query: {
                /** @description Reference or id; several times for several. */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As docker save writes it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": unknown;
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    checkImageUpdates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description References or ids; all that the caller sees where absent. */
                    images?: string[];
                    refresh?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            total: number;
                            items: ({
                                /**
                                 * @description The reference that was asked for.
                                 * @example nginx:latest
                                 */
                                image: string;
                                image_id: string;
                                status: "up_to_date" | "update_available" | "not_checkable";
                                /** @description Digest that the machine has it under. */
                                current: string | null;
                                /** @description Digest that the registry has. */
                                latest: string | null;
                                /** @description Why it cannot be told: local, pinned, missing, refused, throttled, unreachable, no_variant, unreadable. */
                                reason: string | null;
                                /** @description The same in words. */
                                message: string | null;
                                /** @description When the registry was asked. */
                                checked_at: string | null;
                                /** @description Before this a registry that asked for fewer requests is not asked again. */
                                retry_at: string | null;
                            } & {
                                [key: string]: unknown;
                            })[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 202;
                        /** @constant */
                        message: "accepted";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    checkContainerUpdate: {
        parameters: {
            query?: {
                /** @description Ask the registry again, though what it said is not old. */
                refresh?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            container_id: string;
                            name: string;
                            /** @description The machine has another image under the reference than the container is made of. */
                            image_replaced: boolean;
                            /**
                             * @description The reference that was asked for.
                             * @example nginx:latest
                             */
                            image: string;
                            image_id: string;
                            status: "up_to_date" | "update_available" | "not_checkable";
                            /** @description Digest that the machine has it under. */
                            current: string | null;
                            /** @description Digest that the registry has. */
                            latest: string | null;
                            /** @description Why it cannot be told: local, pinned, missing, refused, throttled, unreachable, no_variant, unreadable. */
                            reason: string | null;
                            /** @description The same in words. */
                            message: string | null;
                            /** @description When the registry was asked. */
                            checked_at: string | null;
                            /** @description Before this a registry that asked for fewer requests is not asked again. */
                            retry_at: string | null;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    listRegistries: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            total: number;
                            items: ({
                                id: string;
                                name: string;
                                address: string;
                                username: string;
                                insecure: boolean;
                                account: string;
                                /**
                                 * Format: date-time
                                 * @example 2025-04-17T14:30:00Z
                                 */
                                created_at: string;
                                /**
                                 * Format: date-time
                                 * @example 2025-04-17T14:30:00Z
                                 */
                                updated_at: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    createRegistry: {
        parameters: {
            query?: {
                /** @description Store them only if the registry takes them. */
                check?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description As images name it: docker.io, or host[:port].
                     * @example ghcr.io
                     */
                    address: string;
                    /** @description What people call it; the address where absent. */
                    name?: string;
                    /** @description With a token, the name that the registry wants with it. */
                    username: string;
                    /** @description Never told again. */
                    password?: string;
                    /** @description In place of a password. */
                    token?: string;
                    /** @description Plain HTTP, which only loopback and --insecure-registry are spoken to by. */
                    insecure?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            address: string;
                            username: string;
                            insecure: boolean;
                            account: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            created_at: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            updated_at: string;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getRegistry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id, or the address of one of the own account.
                 * @example ghcr.io
                 */
                registry_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            address: string;
                            username: string;
                            insecure: boolean;
                            account: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            created_at: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            updated_at: string;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    deleteRegistry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id, or the address of one of the own account.
                 * @example ghcr.io
                 */
                registry_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            removed: boolean;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    updateRegistry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id, or the address of one of the own account.
                 * @example ghcr.io
                 */
                registry_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What people call it; the address where absent. */
                    name?: string;
                    /** @description With a token, the name that the registry wants with it. */
                    username?: string;
                    /** @description Never told again. */
                    password?: string;
                    /** @description In place of a password. */
                    token?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            name: string;
                            address: string;
                            username: string;
                            insecure: boolean;
                            account: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            created_at: string;
                            /**
                             * Format: date-time
                             * @example 2025-04-17T14:30:00Z
                             */
                            updated_at: string;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    checkRegistry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id, or the address of one of the own account.
                 * @example ghcr.io
                 */
                registry_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            id: string;
                            address: string;
                            /** @description ok, open (it answers without credentials), refused, throttled or unreachable. */
                            status: string;
                            message: string;
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    listVolumes: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                /** @description A part of the name. */
                name?: string;
                /** @description name or name=value; several times for all of them. */
                label?: string;
                /** @description Only those that no container has, or only others. */
                unused?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            total: number;
                            items: {
                                [key: string]: unknown;
                            }[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    createVolume: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Made up where absent. */
                    name?: string;
                    /** @description local unless told. */
                    driver?: string;
                    driver_opts?: {
                        [key: string]: string;
                    };
                    labels?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getVolume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    deleteVolume: {
        parameters: {
            query?: {
                force?: boolean;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    listNetworks: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                /** @description A part of the name. */
                name?: string;
                /** @description name or name=value; several times for all of them. */
                label?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            total: number;
                            items: {
                                [key: string]: unknown;
                            }[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    createNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @description bridge unless told. */
                    driver?: string;
                    /** @description Without a way out. */
                    internal?: boolean;
                    /** @description Such as 10.5.0.0/16. */
                    subnet?: string;
                    /** @description An address of the subnet. */
                    gateway?: string;
                    labels?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name. */
                network_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    deleteNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name. */
                network_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    connectNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name. */
                network_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id or name. */
                    container: string;
                    aliases?: string[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    disconnectNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name. */
                network_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id or name. */
                    container: string;
                    aliases?: string[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    pruneContainers: {
        parameters: {
            query?: {
                /** @description Only tell what would be removed, and the bytes that frees. */
                preview?: boolean;
                /** @description name or name=value; several times for all of them. */
                label?: string;
                /** @description Only what was made before: a time, or how long ago (24h). */
                before?: string;
                /** @description Of images: all without a container. */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    pruneImages: {
        parameters: {
            query?: {
                /** @description Only tell what would be removed, and the bytes that frees. */
                preview?: boolean;
                /** @description name or name=value; several times for all of them. */
                label?: string;
                /** @description Only what was made before: a time, or how long ago (24h). */
                before?: string;
                /** @description Of images: all without a container. */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    pruneVolumes: {
        parameters: {
            query?: {
                /** @description Only tell what would be removed, and the bytes that frees. */
                preview?: boolean;
                /** @description name or name=value; several times for all of them. */
                label?: string;
                /** @description Only what was made before: a time, or how long ago (24h). */
                before?: string;
                /** @description Of images: all without a container. */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    pruneNetworks: {
        parameters: {
            query?: {
                /** @description Only tell what would be removed, and the bytes that frees. */
                preview?: boolean;
                /** @description name or name=value; several times for all of them. */
                label?: string;
                /** @description Only what was made before: a time, or how long ago (24h). */
                before?: string;
                /** @description Of images: all without a container. */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getResources: {
        parameters: {
            query?: {
                /**
                 * @description What was used, since so long ago: up to 30d. 1h where only step is given.
                 * @example 15s
                 */
                range?: string;
                /**
                 * @description Length of the steps of that. The shortest that is kept: 15s for 1h, 1m for 24h, 15m for 30d.
                 * @example 15s
                 */
                step?: string;
                /** @description Go on, as server-sent events, or NDJSON where that is accepted. */
                stream?: boolean;
                /**
                 * @description Between two values of a stream, up to 60s.
                 * @example 15s
                 */
                interval?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            /** @description Percent of all cores. */
                            cpu_usage: number;
                            /** @description Percent. */
                            memory_usage: number;
                            /** @description Percent of the file system with the data directory. */
                            disk_usage: number;
                            network: {
                                /** @description Since it began. */
                                rx_bytes: number;
                                /** @description Since it began. */
                                tx_bytes: number;
                            } & {
                                [key: string]: unknown;
                            };
                            /** @description Of series. */
                            range?: string;
                            /** @description Of series. */
                            step?: string;
                            /** @description Where range or step is given: oldest first. */
                            series?: {
                                /**
                                 * Format: date-time
                                 * @description When the step begins. A step in which nothing was measured is left out.
                                 * @example 2025-04-17T14:30:00Z
                                 */
                                timestamp: string;
                                /** @description How many measurements are in it. */
                                samples: number;
                                /** @description As above, on average; null where it was measured once only. */
                                cpu_usage: number | null;
                                /** @description The most of those of its measurements. */
                                cpu_usage_max: number | null;
                                /** @description As above, on average. */
                                memory_usage: number;
                                memory_usage_max: number;
                                memory_used_bytes: number;
                                memory_used_bytes_max: number;
                                memory_total_bytes: number;
                                /** @description Percent, on average. */
                                disk_usage: number;
                                disk_usage_max: number;
                                disk_used_bytes: number;
                                disk_total_bytes: number;
                                /** @description Runnable processes over a minute, on average. */
                                load: number;
                                network: {
                                    /** @description Since it began, at the end of the step. */
                                    rx_bytes: number;
                                    tx_bytes: number;
                                    /** @description Per second on average; null where it was measured once only. */
                                    rx_bytes_per_second: number | null;
                                    /** @description Per second on average; null where it was measured once only. */
                                    tx_bytes_per_second: number | null;
                                    /** @description The most of those of its measurements. */
                                    rx_bytes_per_second_max: number | null;
                                    /** @description The most of those of its measurements. */
                                    tx_bytes_per_second_max: number | null;
                                };
                            }[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getContainerUsage: {
        parameters: {
            query?: {
                /**
                 * @description What was used, since so long ago: up to 30d. 1h where only step is given.
                 * @example 15s
                 */
                range?: string;
                /**
                 * @description Length of the steps of that. The shortest that is kept: 15s for 1h, 1m for 24h, 15m for 30d.
                 * @example 15s
                 */
                step?: string;
                /** @description Go on, as server-sent events, or NDJSON where that is accepted. */
                stream?: boolean;
                /**
                 * @description Between two values of a stream, up to 60s.
                 * @example 15s
                 */
                interval?: string;
            };
            header?: never;
            path: {
                /**
                 * @description Full id, the beginning of one, or name.
                 * @example web
                 */
                container_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            container_id: string;
                            /** @description Percent of one core, as docker stats counts. */
                            cpu_usage: number;
                            /** @description Percent of its limit, or of the machine. */
                            memory_usage: number;
                            network: {
                                /** @description Since it began. */
                                rx_bytes: number;
                                /** @description Since it began. */
                                tx_bytes: number;
                            } & {
                                [key: string]: unknown;
                            };
                            /** @description Of series. */
                            range?: string;
                            /** @description Of series. */
                            step?: string;
                            /** @description Where range or step is given: oldest first. */
                            series?: {
                                /**
                                 * Format: date-time
                                 * @description When the step begins. A step in which nothing was measured is left out.
                                 * @example 2025-04-17T14:30:00Z
                                 */
                                timestamp: string;
                                /** @description How many measurements are in it. */
                                samples: number;
                                /** @description As above, on average; null where it was measured once only. */
                                cpu_usage: number | null;
                                /** @description The most of those of its measurements. */
                                cpu_usage_max: number | null;
                                /** @description As above, on average. */
                                memory_usage: number;
                                memory_usage_max: number;
                                memory_used_bytes: number;
                                memory_used_bytes_max: number;
                                memory_limit_bytes: number;
                                pids: number;
                                pids_max: number;
                                network: {
                                    /** @description Since it began, at the end of the step. */
                                    rx_bytes: number;
                                    tx_bytes: number;
                                    /** @description Per second on average; null where it was measured once only. */
                                    rx_bytes_per_second: number | null;
                                    /** @description Per second on average; null where it was measured once only. */
                                    tx_bytes_per_second: number | null;
                                    /** @description The most of those of its measurements. */
                                    rx_bytes_per_second_max: number | null;
                                    /** @description The most of those of its measurements. */
                                    tx_bytes_per_second_max: number | null;
                                };
                                block_io: {
                                    read_bytes: number;
                                    write_bytes: number;
                                    /** @description Per second on average; null where it was measured once only. */
                                    read_bytes_per_second: number | null;
                                    /** @description Per second on average; null where it was measured once only. */
                                    write_bytes_per_second: number | null;
                                    /** @description The most of those of its measurements. */
                                    read_bytes_per_second_max: number | null;
                                    /** @description The most of those of its measurements. */
                                    write_bytes_per_second_max: number | null;
                                };
                            }[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    watchEvents: {
        parameters: {
            query?: {
                /** @description A time, seconds since 1970, or how long ago; as far back as the engine remembers. */
                since?: string;
                /** @description container, image, volume, network; several with commas. */
                kind?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One after the other, until the client goes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getSystemInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            total: number;
                            items: {
                                [key: string]: unknown;
                            }[];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    loadImages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        code: 200;
                        /** @constant */
                        message: "success";
                        data: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
            /** @description A refusal. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example 400 */
                        code: number;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                        /** @description Every field that is wrong; empty where it is not about fields. */
                        errors: {
                            field: string;
                            message: string;
                        }[];
                    };
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    createTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ticket: string;
                        /** @description Seconds */
                        expiresIn: number;
                    };
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /**
                 * @description Of this caller.
                 * @example user:ann
                 */
                subject?: string;
                /**
                 * @description Of this operation.
                 * @example RunTask
                 */
                operation?: string;
                /**
                 * @description Of this API.
                 * @example ecs
                 */
                face?: string;
                /** @description Of this outcome. */
                result?: "success" | "denied" | "failure";
                /**
                 * @description From this time on. RFC 3339, or epoch seconds.
                 * @example 2030-01-31T12:00:00Z
                 */
                since?: string;
                /**
                 * @description Before this time. RFC 3339, or epoch seconds.
                 * @example 2030-01-31T12:00:00Z
                 */
                until?: string;
                /** @description At most so many; a page has 100 unless told, a stream all. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: {
                            /**
                             * Format: date-time
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            at: string;
                            /** @description As the answer and the log have it. */
                            requestId: string;
                            /**
                             * @description `unknown` where no good credential was shown.
                             * @example user:ann
                             */
                            subject: string;
                            /**
                             * @description How the caller said who it is.
                             * @example api-key
                             */
                            kind: string;
                            keyId?: string;
                            /** @example 000000000000 */
                            account: string;
                            /**
                             * @description Empty for the data directory's own socket.
                             * @example 127.0.0.1
                             */
                            address: string;
                            /** @example ecs */
                            face: string;
                            /** @example RunTask */
                            operation: string;
                            /** @example web:3 */
                            target?: string;
                            /**
                             * @description HTTP status.
                             * @example 200
                             */
                            status: number;
                            /** @enum {unknown} */
                            result: "success" | "denied" | "failure";
                            /** @example AccessDeniedException */
                            error?: string;
                        }[];
                        /** @description Absent on the last page. */
                        nextCursor?: string;
                    };
                    "application/x-ndjson": string;
                };
            };
            /** @description A refusal. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example Forbidden */
                        code: string;
                        /** @description What is wrong, and what to do about it. */
                        message: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
}
