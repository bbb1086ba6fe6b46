# Built by `make image` from the published output; the build context is artifacts/image.
ARG BASE=mcr.microsoft.com/dotnet/aspnet:10.0
FROM ${BASE}
WORKDIR /app
COPY . .
# The scorer needs no privilege: an unprivileged user without a home.
USER 10001:10001
ENV DOTNET_EnableDiagnostics=0
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/rewardhub.dll", "serve", "--urls", "http://0.0.0.0:8080"]
