# A host without systemd: sysvinit is its first process, services are the scripts in /etc/init.d.
ARG HOST
FROM ${HOST}
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends --allow-remove-essential sysvinit-core sysv-rc cron

# Consoles, disks and the unmounting of what is Docker's make no sense in a container.
RUN sed -i '/getty/d' /etc/inittab \
 && rm -f /etc/rcS.d/S* /etc/rc[06].d/K*umount* /etc/rc[06].d/K*hwclock* \
 && update-rc.d ssh defaults

# No signal but SIGKILL reaches the first process of a container that handles none.
STOPSIGNAL SIGKILL
