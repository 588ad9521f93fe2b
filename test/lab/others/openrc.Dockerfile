# A host as Alpine's: OpenRC starts its services, sh and the programs for users and groups are busybox's.
ARG HOST
FROM ${HOST} AS busybox
# Debian's own busybox is built without the latter.
RUN sed 's/^deb /deb-src /' /etc/apt/sources.list.d/*.list >/etc/apt/sources.list.d/source.list \
 && apt-get update -q \
 && apt-get install -y -q --no-install-recommends gcc libc6-dev make bzip2 dpkg-dev \
 && cd /usr/src && apt-get source -q --download-only busybox && tar xf busybox_*.orig.tar.* && cd busybox-*/ \
 && make allnoconfig >/dev/null \
 && for option in STATIC LFS LONG_OPTS ADDUSER FEATURE_ADDUSER_LONG_OPTIONS ADDGROUP FEATURE_ADDUSER_TO_GROUP FEATURE_CHECK_NAMES \
      DELUSER DELGROUP FEATURE_DEL_USER_FROM_GROUP CHPASSWD FEATURE_SHADOWPASSWDS; do \
      sed -i "s/^# CONFIG_$option is not set/CONFIG_$option=y/" .config; \
    done \
 && sed -i '/_ID=/d' .config && printf 'CONFIG_%s\n' LAST_ID=60000 FIRST_SYSTEM_ID=100 LAST_SYSTEM_ID=999 >>.config \
 && yes '' | make oldconfig >/dev/null && make -j2 >/tmp/make.log 2>&1 \
 && install -m 755 busybox /accounts

FROM ${HOST}
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends --allow-remove-essential sysvinit-core openrc busybox
COPY --from=busybox /accounts /usr/local/lib/accounts
COPY inittab /etc/inittab
RUN rm -f /etc/runlevels/*/* && rc-update add ssh default \
 && cd /usr/sbin && rm -f useradd userdel usermod groupadd groupdel groupmod groupmems chpasswd adduser addgroup deluser delgroup \
      update-rc.d \
 && for name in adduser addgroup deluser delgroup chpasswd; do ln -s /usr/local/lib/accounts "/usr/sbin/$name"; done \
 && ln -sf busybox /bin/sh
STOPSIGNAL SIGKILL
