# A host as of the Red Hat family: packages are rpm's, dnf is the only package manager, and /etc/os-release says
# Rocky Linux. Its firewalls and its kinds of compressed swap are installed and off.
ARG HOST
FROM ${HOST}
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends rpm dnf createrepo-c dnf-plugins-core \
      firewalld ufw zram-tools systemd-zram-generator \
 && systemctl disable firewalld ufw zramswap

COPY rpm-repositories /usr/local/sbin/
RUN sh /usr/local/sbin/rpm-repositories /srv/rpm

# What is Debian's own goes last: the steps above need it.
COPY os-release /usr/lib/os-release
COPY repositories.service /etc/systemd/system/
RUN systemctl enable repositories.service \
 && echo 'Rocky Linux release 9.4 (Blue Onyx)' >/etc/redhat-release \
 && sed -i 's/enabled.*/enabled = false/' /etc/dnf/plugins/local.conf \
 && rm -rf /etc/debian_version /etc/apt /var/lib/apt /var/cache/apt /var/lib/dpkg /usr/bin/apt* /usr/bin/dpkg* \
 && rpm -q --quiet rocky-release
