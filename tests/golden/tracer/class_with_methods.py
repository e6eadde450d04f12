# entry: main()
class Account:
    rate = 0.5

    def __init__(self, owner):
        self.owner = owner
        self.items = []

    def deposit(self, amount):
        self.items.append(amount)
        return self

    @property
    def balance(self):
        return sum(self.items)


def main():
    account = Account("ada").deposit(5)
    account.deposit(7)
    return account.balance
